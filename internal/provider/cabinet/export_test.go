// SPDX-License-Identifier: MPL-2.0

package cabinet

// Unexported names that the external tests use.

const (
	PanelURL = panelURL
)

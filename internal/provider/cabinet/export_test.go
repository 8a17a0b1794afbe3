// SPDX-License-Identifier: MPL-2.0

package cabinet

// What the tests outside the package need of it.

const (
	PanelURL = panelURL
)

// SPDX-License-Identifier: MPL-2.0

//go:build !race

package altegio

const raceDetector = false

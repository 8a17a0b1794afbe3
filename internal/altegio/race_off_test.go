//go:build !race

package altegio

const raceDetector = false

//go:build race

package web_test

// slowdown is what the race detector makes of promised times.
const slowdown = 10

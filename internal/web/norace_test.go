//go:build !race

package web_test

// slowdown is what the race detector makes of promised times: it is off.
const slowdown = 1

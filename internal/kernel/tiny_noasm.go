//go:build !amd64 || purego

package kernel

func flushTiny(v []float32) { flushTinyGeneric(v) }

//go:build !amd64 || purego

package kernel

func detected() []Path { return nil }

//go:build amd64 && !purego

package kernel

import "golang.org/x/sys/cpu"

// detected returns the vector paths that this processor can run.
func detected() []Path {
	var paths []Path
	if cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512VL {
		paths = append(paths, AVX512)
	}
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		paths = append(paths, AVX2)
	}
	return paths
}

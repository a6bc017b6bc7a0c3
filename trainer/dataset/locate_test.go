package dataset

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLocate(t *testing.T) {
	for _, tc := range []struct {
		name string
		m    Manifest
		in   string // below the folder given
		gz   bool
	}{
		{"the folder itself", mnist(), "", false},
		{"a folder of its name", mnist(), "mnist", false},
		{"gzipped", mnist(), "mnist", true},
		{"Fashion-MNIST", fashionMNIST(), "fashion-mnist", false},
		{"CIFAR-10", cifar10(), "cifar10", false},
		{"CIFAR-10 as unpacked", cifar10(), "cifar-10-batches-bin", false},
		{"CIFAR-10 as unpacked in a folder of its name", cifar10(), "cifar10/cifar-10-batches-bin", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			root := t.TempDir()
			want := filepath.Join(root, tc.in)
			for _, f := range tc.m.Files {
				name := f.Name
				if tc.gz {
					name += ".gz"
				}
				writeFile(t, filepath.Join(want, name), nil)
			}
			if got, err := locate(tc.m, root); err != nil || got != want {
				t.Errorf("named: %s, %v; want %s", got, err, want)
			}
			t.Setenv(DirVariable, root)
			if got, err := locate(tc.m, ""); err != nil || got != want {
				t.Errorf("from the environment: %s, %v; want %s", got, err, want)
			}
			if got, err := locate(tc.m, t.TempDir()); !errors.Is(err, ErrMissing) {
				t.Errorf("a named folder without it: %s, %v; want ErrMissing whatever the environment", got, err)
			}
		})
	}
}

func TestLocateTellsSetsOfTheSameFileNamesApart(t *testing.T) {
	root := t.TempDir()
	for _, dir := range []string{".", "fashion-mnist"} {
		for _, f := range mnist().Files {
			writeFile(t, filepath.Join(root, dir, f.Name), nil)
		}
	}
	if got, err := locate(fashionMNIST(), root); err != nil || got != filepath.Join(root, "fashion-mnist") {
		t.Errorf("%s, %v; want the folder of its name", got, err)
	}
}

func TestMissingFilesAreNamed(t *testing.T) {
	root := t.TempDir()
	writeFile(t, filepath.Join(root, "mnist", "train-labels-idx1-ubyte.gz"), nil)
	t.Setenv(DirVariable, root)
	for _, dir := range []string{root, ""} {
		_, err := Open(Options{Name: "mnist", Dir: dir})
		if !errors.Is(err, ErrMissing) {
			t.Fatalf("%v, want ErrMissing", err)
		}
		for _, want := range []string{"train-images-idx3-ubyte", filepath.Join(root, "mnist"), "goal-search data fetch mnist"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%v\nwant %q in it", err, want)
			}
		}
		if strings.Contains(err.Error(), "train-labels") {
			t.Errorf("%v\nnames a file that is there", err)
		}
		if got := strings.Contains(err.Error(), DefaultDir()); got != (dir == "") {
			t.Errorf("%v\nnames the user's folder: %v, want %v", err, got, dir == "")
		}
	}
}

func TestTheTestPartIsOpenedOnlyWhenAskedFor(t *testing.T) {
	m := small(mnist(), 12)
	dir := t.TempDir()
	writeAll(t, m, dir)
	for _, f := range m.Files {
		if f.Part == Test {
			if err := os.Remove(filepath.Join(dir, f.Name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	set, err := openFiles(m, Options{Name: m.Name, Dir: dir, Images: 12})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := set.Test(); !errors.Is(err, ErrMissing) || !strings.Contains(err.Error(), "t10k-images-idx3-ubyte") {
		t.Errorf("%v, want ErrMissing with t10k-images-idx3-ubyte", err)
	}
}

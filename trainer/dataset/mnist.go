package dataset

// mnist returns the manifest of MNIST (LeCun, Cortes and Burges). Mirrors
// compress the same content differently, so the SHA-256 of the content is what
// identifies it; the MD5 is that of the files on the mirrors given.
func mnist() Manifest {
	mirrors := []string{
		"https://ossci-datasets.s3.amazonaws.com/mnist/",
		"https://storage.googleapis.com/cvdf-datasets/mnist/",
	}
	m := idxManifest("mnist", mirrors, [4]string{
		"f68b3c2dcbeaaa9fbdd348bbdeb94873",
		"d53e105ee54ea40749a09fcbcd1e9432",
		"9fb629c4189551a2d022fa330f9573f3",
		"ec29112dd5afa0611ce80d1b7f02629c",
	})
	for i, sum := range []string{
		"ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
		"65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
		"0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
		"ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
	} {
		m.Files[i].SHA256 = sum
	}
	return m
}

// fashionMNIST returns the manifest of Fashion-MNIST (Xiao, Rasul and Vollgraf
// 2017), which has the format, sizes and file names of MNIST.
func fashionMNIST() Manifest {
	mirrors := []string{"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"}
	return idxManifest("fashion-mnist", mirrors, [4]string{
		"8d4fb7e6c68d591d4c3dfef9ec88bf0d",
		"25c81989df183df01b3e8a0aad5dffbe",
		"bef4ecab320f06d8554ea6380940ec79",
		"bb300cfdad3c16e7a12a480ee83cd310",
	})
}

// idxManifest describes a data set of MNIST's shape; md5 is in the order of
// the files: images and labels to train on, images and labels to test on.
func idxManifest(name string, mirrors []string, md5 [4]string) Manifest {
	m := Manifest{Name: name, Channels: 1, Height: 28, Width: 28, TrainImages: 60000, TestImages: 10000}
	for _, p := range []struct {
		part   Part
		prefix string
		images int
	}{{Train, "train", m.TrainImages}, {Test, "t10k", m.TestImages}} {
		m.Files = append(m.Files,
			File{Name: p.prefix + "-images-idx3-ubyte", Part: p.part, Bytes: int64(16 + p.images*m.perImage()), images: p.images, decode: decodeIDXImages},
			File{Name: p.prefix + "-labels-idx1-ubyte", Part: p.part, Bytes: int64(8 + p.images), images: p.images, decode: decodeIDXLabels},
		)
	}
	for i, f := range m.Files {
		d := Download{Name: f.Name + ".gz", MD5: md5[i], Holds: []string{f.Name}}
		for _, mirror := range mirrors {
			d.URLs = append(d.URLs, mirror+d.Name)
		}
		m.Downloads = append(m.Downloads, d)
	}
	return m
}

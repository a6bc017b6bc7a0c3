package trainer

import "github.com/goal-search/goal-search/trainer/dataset"

// input is what one source of a layer receives over a batch: silence, which is
// 0 everywhere, or what the source's product takes.
type input struct {
	silent  bool
	images  images
	shift   float32  // of all pixels of the images
	context []uint8  // the label of each sample, or withheld
	outputs *outputs // of neurons
}

// withheld stands for a label that is not given.
const withheld = dataset.Classes

package dataset_test

import (
	"fmt"
	"log"

	"github.com/goal-search/goal-search/trainer/dataset"
)

func Example() {
	set, err := dataset.Open(dataset.Options{Name: "digits", Images: 1000})
	if err != nil {
		log.Fatal(err)
	}
	train, validation := dataset.Split(set.Train.Len(), 0.2, 30)
	fmt.Println(len(train), "images to train on,", len(validation), "to validate")

	order := make([]int32, len(train))
	for epoch := range 2 {
		dataset.Shuffle(order, train, 30, dataset.TrainStream, epoch)
		fmt.Printf("epoch %d begins with image %d, a %d\n", epoch, order[0], set.Train.Labels[order[0]])
	}
	// Output:
	// 800 images to train on, 200 to validate
	// epoch 0 begins with image 259, a 5
	// epoch 1 begins with image 75, a 7
}

package pid_test

import (
	"fmt"
	"strings"

	"github.com/goal-search/goal-search/pid"
)

// The output of an XOR gate is known only when both inputs are.
func ExampleDistribution_Decompose() {
	d, err := pid.ReadCSV(strings.NewReader("y,s1,s2,p\n0,0,0,0.25\n1,0,1,0.25\n1,1,0,0.25\n0,1,1,0.25\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	result := d.Decompose()
	for i, atom := range result.Atoms.Total {
		fmt.Printf("%-7s %6.3f bit\n", result.Lattice.Antichain(i).Letters("FC"), atom)
	}
	// Output:
	// {F}      0.585 bit
	// {C}      0.585 bit
	// {F}{C}  -0.585 bit
	// {FC}     0.415 bit
}

// A neuron that fires when its feedforward input is positive.
func ExampleEstimator() {
	binner, _ := pid.NewBinner[float64](pid.FixedBinning(20, -20, 20))
	feedforward, context := []float64{-3, -1, 1, 3}, []float64{-1, 1, -1, 1}
	bins := [][]uint8{make([]uint8, 4), make([]uint8, 4)}
	binner.Assign(bins[0], feedforward)
	binner.Assign(bins[1], context)

	goal, _ := pid.NewGoal([]float64{1, 0, 0, 0, 0}) // what only F tells
	estimator, _ := pid.NewEstimator[float64](20, 20)
	terms, gradient := make([]float64, 5), make([]float64, 4)
	value := estimator.Estimate(goal, []float64{0.1, 0.2, 0.8, 0.9}, bins, terms, gradient)
	fmt.Printf("G = %.3f bit, dG/dθ = %.2f\n", value, gradient)
	// Output:
	// G = 0.397 bit, dG/dθ = [-0.72 -0.57 0.57 0.72]
}

package trainer

import (
	"encoding/binary"
	"fmt"

	"github.com/nlpodyssey/safetensors"
)

// connections returns the connections that were drawn, by the name of the
// tensor that holds them.
func (n *network) connections() map[string]*sparse {
	named := make(map[string]*sparse)
	for i, w := range n.architecture.hidden.sources {
		if c := n.hidden.sources[i].sparse; c != nil {
			named["hidden."+w.letter+".index"] = c
		}
	}
	return named
}

// shape returns the dimensions of the saved tensor.
func (c *sparse) shape() []uint64 { return []uint64{uint64(len(c.index) / c.count), uint64(c.count)} }

func encodeIndex(index []int32) []byte {
	data := make([]byte, 0, 4*len(index))
	for _, i := range index {
		data = binary.LittleEndian.AppendUint32(data, uint32(i))
	}
	return data
}

// decode reads the connections from a saved run. Each neuron's must be other
// neurons of the layer, in ascending order.
func (c *sparse) decode(file safetensors.SafeTensors, name string) error {
	t, err := tensor(file, name, safetensors.I32, c.shape())
	if err != nil {
		return err
	}
	neurons := len(c.index) / c.count
	for n := range neurons {
		previous := -1
		for j := range c.count {
			at := n*c.count + j
			i := int(int32(binary.LittleEndian.Uint32(t.Data()[4*at:])))
			if i <= previous || i == n || i >= neurons {
				return fmt.Errorf("saved run: tensor %s: connection %d of neuron %d is to %d: want other neurons below %d, ascending", name, j, n, i, neurons)
			}
			c.index[at], previous = int32(i), i
		}
	}
	return nil
}

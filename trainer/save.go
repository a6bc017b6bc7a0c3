package trainer

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/nlpodyssey/safetensors"

	"github.com/goal-search/goal-search/trainer/dataset"
)

// A saved run is a safetensors file. Its tensors are the parameters by name,
// such as "hidden.F.weight" of shape [out][in], and Adam's moments of each,
// with the prefixes below. Where each neuron has drawn connections only, as in
// setup 2 with more neurons than connections, "hidden.L.weight" is
// [out][connections], and "hidden.L.index" of the same shape holds the numbers
// of their inputs as 32-bit integers, ascending for each neuron. The metadata
// holds an Info as JSON.
const (
	format       = "run 1"
	metadataKey  = "goal-search"
	meanPrefix   = "adam.mean."
	squarePrefix = "adam.square."
)

// Info is what a saved run tells of itself.
type Info struct {
	Format     string  `json:"format"`
	Config     Config  `json:"config"`
	NextEpoch  int     `json:"next_epoch"` // that NextEpoch would train
	Steps      int     `json:"steps"`      // of Adam
	DataSet    string  `json:"data_set"`   // its name
	Images     int     `json:"images"`     // training images, before the validation split
	DataHash   string  `json:"data_hash"`
	KernelPath string  `json:"kernel_path"`
	Mean       float64 `json:"mean"` // of the raw bytes, for the normalisation of images
	Std        float64 `json:"std"`
}

// Info describes the run as Save would write it now.
func (r *Run) Info() Info {
	return Info{
		Format: format, Config: r.config, NextEpoch: r.next, Steps: r.network.hidden.adam.steps,
		DataSet: r.set.Name, Images: r.set.Train.Len(), DataHash: r.set.Hash, KernelPath: KernelPath(),
		Mean: r.set.Normalization.Mean, Std: r.set.Normalization.Std,
	}
}

// Save writes everything that is needed to go on, as a safetensors file. It
// fails if writing fails, and after an error of NextEpoch.
func (r *Run) Save(w io.Writer) error {
	if r.failed != nil {
		return fmt.Errorf("the run cannot be saved: %w", r.failed)
	}
	info, err := json.Marshal(r.Info())
	if err != nil {
		return err
	}
	tensors := make(map[string]safetensors.TensorView)
	for name, p := range r.network.parameters() {
		for key, tiled := range p.saved(name) {
			values := make([]float32, p.tiling.neurons*p.rows)
			p.tiling.unpack(values, tiled, p.rows)
			view, err := safetensors.NewTensorView(safetensors.F32, p.shape(), encodeFloats(values))
			if err != nil {
				return fmt.Errorf("tensor %s: %w", key, err)
			}
			tensors[key] = view
		}
	}
	for name, c := range r.network.connections() {
		view, err := safetensors.NewTensorView(safetensors.I32, c.shape(), encodeIndex(c.index))
		if err != nil {
			return fmt.Errorf("tensor %s: %w", name, err)
		}
		tensors[name] = view
	}
	return safetensors.SerializeToWriter(tensors, map[string]string{metadataKey: string(info)}, w)
}

// maxSaved bounds the size of a saved run: that of 20,000 dense neurons.
const maxSaved = 8 << 30

// LoadRun reads what Save wrote and prepares to go on with the next epoch. The
// set must be the one that the run was trained on.
func LoadRun(from io.Reader, set *dataset.Set, o Options) (*Run, error) {
	file, info, err := readSaved(from)
	if err != nil {
		return nil, err
	}
	if info.DataHash != set.Hash {
		return nil, fmt.Errorf("the run was trained on %d images of %s with hash %s, not on %d of %s with %s",
			info.Images, info.DataSet, info.DataHash, set.Train.Len(), set.Name, set.Hash)
	}
	if err := checkSizes(file, info.Config, set.Train.Size()); err != nil {
		return nil, err
	}
	r, err := NewRun(info.Config, set, o)
	if err != nil {
		return nil, fmt.Errorf("config of the saved run: %w", err)
	}
	r.next = info.NextEpoch
	r.network.hidden.adam.steps, r.network.output.adam.steps = info.Steps, info.Steps
	for name, p := range r.network.parameters() {
		for key, tiled := range p.saved(name) {
			values := make([]float32, p.tiling.neurons*p.rows)
			if err := decodeTensor(values, file, key, p.shape()); err != nil {
				return nil, err
			}
			p.tiling.pack(tiled, values, p.rows)
		}
	}
	for name, c := range r.network.connections() {
		if err := c.decode(file, name); err != nil {
			return nil, err
		}
	}
	return r, r.network.checkFinite()
}

// ReadInfo tells what a saved run is, without the data set.
func ReadInfo(from io.Reader) (Info, error) {
	_, info, err := readSaved(from)
	return info, err
}

func readSaved(from io.Reader) (safetensors.SafeTensors, Info, error) {
	content, err := io.ReadAll(io.LimitReader(from, maxSaved))
	if err != nil {
		return safetensors.SafeTensors{}, Info{}, err
	}
	file, err := safetensors.Deserialize(content)
	if err != nil {
		return safetensors.SafeTensors{}, Info{}, fmt.Errorf("no safetensors file: %w", err)
	}
	_, header, err := safetensors.ReadMetadata(content)
	if err != nil {
		return safetensors.SafeTensors{}, Info{}, fmt.Errorf("no safetensors file: %w", err)
	}
	info, err := decodeInfo(header.Metadata())
	return file, info, err
}

func decodeInfo(metadata map[string]string) (Info, error) {
	text, ok := metadata[metadataKey]
	if !ok {
		return Info{}, fmt.Errorf("the file has no metadata %q: want one saved by goal-search", metadataKey)
	}
	var info Info
	if err := json.Unmarshal([]byte(text), &info); err != nil {
		return Info{}, fmt.Errorf("metadata of the saved run: %w", err)
	}
	if info.Format != format {
		return Info{}, fmt.Errorf("format of the saved run: %q, want %q", info.Format, format)
	}
	if err := info.Config.Validate(); err != nil {
		return Info{}, fmt.Errorf("config of the saved run: %w", err)
	}
	if info.NextEpoch < 0 || info.NextEpoch > info.Config.Epochs+1 || info.Steps < 0 {
		return Info{}, fmt.Errorf("saved run: next epoch %d after %d steps: want 0 to %d", info.NextEpoch, info.Steps, info.Config.Epochs+1)
	}
	return info, nil
}

// checkSizes refuses a config whose network would be larger than the file,
// before memory is taken for it.
func checkSizes(file safetensors.SafeTensors, c Config, pixels int) error {
	inputs, most := inputSizes(c, pixels), c.withDefaults().MaxConnections
	for _, w := range architectures[c.Network].hidden.sources {
		in := inputs[w.origin]
		if drawn := w.connection.drawn(in, most); drawn > 0 {
			in = drawn
		}
		want := []uint64{uint64(c.Hidden), uint64(in)}
		if _, err := tensor(file, "hidden."+w.letter+".weight", safetensors.F32, want); err != nil {
			return err
		}
	}
	return nil
}

// saved returns what is kept of a parameter, by tensor name.
func (p *parameter) saved(name string) map[string][]float32 {
	return map[string][]float32{name: p.value, meanPrefix + name: p.mean, squarePrefix + name: p.square}
}

func encodeFloats(values []float32) []byte {
	data := make([]byte, 0, 4*len(values))
	for _, v := range values {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
	}
	return data
}

func decodeTensor(dst []float32, file safetensors.SafeTensors, name string, shape []uint64) error {
	t, err := tensor(file, name, safetensors.F32, shape)
	if err != nil {
		return err
	}
	for i := range dst {
		dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(t.Data()[4*i:]))
	}
	return nil
}

// tensor returns the tensor of that name, type and shape.
func tensor(file safetensors.SafeTensors, name string, dtype safetensors.DType, shape []uint64) (safetensors.TensorView, error) {
	t, ok := file.Tensor(name)
	if !ok {
		return t, fmt.Errorf("saved run: tensor %s is missing", name)
	}
	if t.DType() != dtype || !slices.Equal(t.Shape(), shape) {
		return t, fmt.Errorf("saved run: tensor %s is %s %v: want %s %v", name, t.DType(), t.Shape(), dtype, shape)
	}
	return t, nil
}

package study

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// Metrics are measured numbers by name. JSON knows no NaN and no infinity:
// they are written as the strings "NaN", "Infinity" and "-Infinity". Every
// finite number reads back bit for bit, -0 too.
type Metrics map[string]float64

// MarshalJSON implements json.Marshaler.
func (m Metrics) MarshalJSON() ([]byte, error) {
	if m == nil {
		return []byte("null"), nil
	}
	numbers := make(map[string]number, len(m))
	for name, v := range m {
		numbers[name] = number(v)
	}
	return json.Marshal(numbers)
}

// UnmarshalJSON implements json.Unmarshaler.
func (m *Metrics) UnmarshalJSON(data []byte) error {
	var numbers map[string]number
	if err := json.Unmarshal(data, &numbers); err != nil {
		return err
	}
	if numbers == nil {
		*m = nil
		return nil
	}
	*m = make(Metrics, len(numbers))
	for name, v := range numbers {
		(*m)[name] = float64(v)
	}
	return nil
}

// number is a float64 that JSON carries even when it is not finite.
type number float64

func (n number) MarshalJSON() ([]byte, error) {
	v := float64(n)
	switch {
	case math.IsNaN(v):
		return []byte(`"NaN"`), nil
	case math.IsInf(v, 1):
		return []byte(`"Infinity"`), nil
	case math.IsInf(v, -1):
		return []byte(`"-Infinity"`), nil
	}
	return json.Marshal(v)
}

func (n *number) UnmarshalJSON(data []byte) error {
	switch string(data) {
	case `"NaN"`:
		*n = number(math.NaN())
	case `"Infinity"`:
		*n = number(math.Inf(1))
	case `"-Infinity"`:
		*n = number(math.Inf(-1))
	default:
		v, err := strconv.ParseFloat(string(data), 64)
		if err != nil {
			return fmt.Errorf("%s is not a number", data)
		}
		*n = number(v)
	}
	return nil
}

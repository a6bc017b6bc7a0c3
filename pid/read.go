package pid

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// headers are the columns that a table of a distribution can have. A column
// of counts takes the place of the probabilities.
var headers = [][]string{
	{"y", "s1", "s2", "p"}, {"y", "s1", "s2", "count"},
	{"y", "s1", "s2", "s3", "p"}, {"y", "s1", "s2", "s3", "count"},
}

const headersWanted = "want y,s1,s2[,s3],p or y,s1,s2[,s3],count"

// ReadCSV reads a distribution from a table with the header y,s1,s2[,s3],p,
// or with count in place of p. Errors name the row, counted from the header
// as row 1.
func ReadCSV(r io.Reader) (*Distribution, error) {
	reader := csv.NewReader(r)
	reader.FieldsPerRecord = -1
	reader.TrimLeadingSpace = true
	header, err := reader.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("the file is empty: %s", headersWanted)
	}
	if err != nil {
		return nil, err
	}
	header[0] = strings.TrimPrefix(header[0], "\ufeff")
	for i := range header {
		header[i] = strings.TrimSpace(header[i])
	}
	if !slices.ContainsFunc(headers, func(h []string) bool { return slices.Equal(h, header) }) {
		return nil, fmt.Errorf("row 1: the header is %q: %s", strings.Join(header, ","), headersWanted)
	}
	t := table{weights: header[len(header)-1], unit: "row"}
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return t.distribution()
		}
		if err != nil {
			return nil, err
		}
		row, _ := reader.FieldPos(0)
		if len(record) != len(header) {
			return nil, fmt.Errorf("row %d has %d fields: want %d (%s)", row, len(record), len(header), strings.Join(header, ","))
		}
		if err := t.add(row, record[0], record[1:len(record)-1], record[len(record)-1]); err != nil {
			return nil, err
		}
	}
}

// ReadJSON reads a distribution from an array of objects such as
// {"y": 0, "s1": "a", "s2": 1, "p": 0.25}, with count in place of p if
// wanted. Errors name the object, counted from 1.
func ReadJSON(r io.Reader) (*Distribution, error) {
	decoder := json.NewDecoder(r)
	decoder.UseNumber()
	var rows []map[string]any
	if err := decoder.Decode(&rows); err != nil {
		return nil, fmt.Errorf("want an array of objects with y, s1, s2[, s3] and p or count: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the array")
	}
	if len(rows) == 0 {
		return nil, errors.New("the array is empty: want at least one object")
	}
	header := slices.IndexFunc(headers, func(h []string) bool { return hasKeys(rows[0], h) })
	if header < 0 {
		return nil, fmt.Errorf("object 1 has other names: %s", headersWanted)
	}
	names := headers[header]
	t := table{weights: names[len(names)-1], unit: "object"}
	for i, row := range rows {
		if !hasKeys(row, names) {
			return nil, fmt.Errorf("object %d: want exactly the names %s, as in object 1", i+1, strings.Join(names, ", "))
		}
		fields, err := scalars(row, names)
		if err != nil {
			return nil, fmt.Errorf("object %d: %w", i+1, err)
		}
		if err := t.add(i+1, fields[0], fields[1:len(fields)-1], fields[len(fields)-1]); err != nil {
			return nil, err
		}
	}
	return t.distribution()
}

func hasKeys(row map[string]any, names []string) bool {
	for _, name := range names {
		if _, ok := row[name]; !ok {
			return false
		}
	}
	return len(row) == len(names)
}

func scalars(row map[string]any, names []string) ([]string, error) {
	fields := make([]string, len(names))
	for i, name := range names {
		switch v := row[name].(type) {
		case string:
			fields[i] = v
		case json.Number:
			fields[i] = v.String()
		case bool:
			fields[i] = strconv.FormatBool(v)
		default:
			return nil, fmt.Errorf("%s is %v: want a number or a string", name, v)
		}
	}
	return fields, nil
}

// table gathers the rows of a file.
type table struct {
	weights  string // "p" or "count"
	unit     string // what the file's rows are called in errors
	rows     []int
	outcomes []Outcome
	total    float64
}

func (t *table) add(row int, target string, sources []string, weight string) error {
	w, err := strconv.ParseFloat(strings.TrimSpace(weight), 64)
	upper := 1.0
	wanted := "want a probability, 0 to 1"
	if t.weights == "count" {
		upper = 1e300
		wanted = "want a count of at least 0"
	}
	if err != nil || !(w >= 0 && w <= upper) {
		return fmt.Errorf("%s %d: %s is %q: %s", t.unit, row, t.weights, weight, wanted)
	}
	o := Outcome{Target: strings.TrimSpace(target), P: w}
	for _, s := range sources {
		o.Sources = append(o.Sources, strings.TrimSpace(s))
	}
	t.rows = append(t.rows, row)
	t.outcomes = append(t.outcomes, o)
	t.total += w
	return nil
}

func (t *table) distribution() (*Distribution, error) {
	if len(t.outcomes) == 0 {
		return nil, errors.New("there are no outcomes: want at least one")
	}
	if t.weights == "count" {
		if t.total == 0 {
			return nil, errors.New("all counts are 0: want at least one above")
		}
		for i := range t.outcomes {
			t.outcomes[i].P /= t.total
		}
	}
	return newDistribution(t.outcomes, func(i int) string { return fmt.Sprintf("%s %d", t.unit, t.rows[i]) })
}

// Read reads a distribution from CSV or JSON, whichever it is.
func Read(r io.Reader) (*Distribution, error) {
	content, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if start := bytes.TrimSpace(content); len(start) > 0 && (start[0] == '[' || start[0] == '{') {
		return ReadJSON(bytes.NewReader(content))
	}
	return ReadCSV(bytes.NewReader(content))
}

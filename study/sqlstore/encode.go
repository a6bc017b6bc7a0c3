package sqlstore

import (
	"bytes"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/goal-search/goal-search/study"
)

// encode returns v as JSON without escapes for HTML, so that what came as
// JSON is stored as it was, but for white space.
func encode(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// decode reads what encode wrote; anything else is a damaged database.
func decode(what, text string, v any) error {
	if err := json.Unmarshal([]byte(text), v); err != nil {
		return fmt.Errorf("%w: %s: %w", study.ErrCorrupt, what, err)
	}
	return nil
}

func encodeSeed(seed uint64) string { return strconv.FormatUint(seed, 10) }

func decodeSeed(text string) (uint64, error) {
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%w: seed %q: %w", study.ErrCorrupt, text, err)
	}
	return seed, nil
}

// text is s as databases of UTF-8 accept it.
func text(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

func fromMicros(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// fromNullMicros returns the zero time for NULL.
func fromNullMicros(micros sql.Null[int64]) time.Time {
	if !micros.Valid {
		return time.Time{}
	}
	return fromMicros(micros.V)
}

// double is a float64 that keeps its sign and is stored by name when it is
// not finite.
type double float64

const (
	nan         = "NaN"
	infinity    = "Infinity"
	minInfinity = "-Infinity"
)

// Value implements driver.Valuer.
func (d double) Value() (driver.Value, error) {
	v := float64(d)
	switch {
	case math.IsNaN(v):
		return nan, nil
	case math.IsInf(v, 1):
		return infinity, nil
	case math.IsInf(v, -1):
		return minInfinity, nil
	}
	return v, nil
}

// Scan implements sql.Scanner.
func (d *double) Scan(src any) error {
	switch v := src.(type) {
	case float64:
		*d = double(v)
		return nil
	case string:
		switch v {
		case nan:
			*d = double(math.NaN())
			return nil
		case infinity:
			*d = double(math.Inf(1))
			return nil
		case minInfinity:
			*d = double(math.Inf(-1))
			return nil
		}
	}
	return fmt.Errorf("%w: %v (%T) is not a number", study.ErrCorrupt, src, src)
}

// minZero is the name of -0, which MariaDB's DOUBLE stores as 0.
const minZero = "-0"

// valueAndName are the arguments for a number and for its name. The number is
// text, since the engines read a literal as a decimal number first.
func valueAndName(v float64) []any {
	if v == 0 && math.Signbit(v) {
		return []any{"0", minZero}
	}
	stored, err := double(v).Value()
	if name, ok := stored.(string); ok && err == nil {
		return []any{nil, name}
	}
	return []any{strconv.FormatFloat(v, 'g', -1, 64), nil}
}

// named is what a dialect's readValue yields.
type named struct {
	value sql.Null[double]
	name  sql.Null[string]
}

// number returns nil for no number at all.
func (n named) number() (*float64, error) {
	v := n.value.V
	switch {
	case n.name.Valid && n.name.V == minZero:
		v = double(math.Copysign(0, -1))
	case n.name.Valid:
		if err := v.Scan(n.name.V); err != nil {
			return nil, err
		}
	case !n.value.Valid:
		return nil, nil //nolint:nilnil // NULL is no error
	}
	f := float64(v)
	return &f, nil
}

// placeholders are n arguments of a statement.
func placeholders(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

// sameBits tells whether two numbers are stored alike: NaN equals NaN, and
// -0 differs from 0.
func sameBits(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || math.IsNaN(a) && math.IsNaN(b)
}

package wire

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"strconv"
	"time"

	"github.com/goal-search/goal-search/study"
)

// filler fills every field of study's nouns, also those that they will have one
// day, with what a store may keep.
type filler struct{ *rand.Rand }

func newFiller(seed uint64) filler { return filler{rand.New(rand.NewPCG(seed, 0))} }

// fill sets what v points to.
func (f filler) fill(v any) { f.set(reflect.ValueOf(v).Elem()) }

func (f filler) set(v reflect.Value) {
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(f.time()))
		return
	case time.Duration:
		v.SetInt(f.Int64N(1 << 62)) // whole nanoseconds
		return
	case json.RawMessage:
		v.Set(reflect.ValueOf(json.RawMessage(`{"epochs":` + strconv.Itoa(f.IntN(99)) + `,"note":"<&> ü"}`)))
		return
	case study.TrialState:
		v.SetString(string([]study.TrialState{study.Waiting, study.Running, study.Complete, study.Pruned, study.Failed}[f.IntN(5)]))
		return
	case study.StudyState:
		v.SetString(string(study.StudyStates()[f.IntN(4)]))
		return
	}
	f.setKind(v)
}

func (f filler) setKind(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			f.set(v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1+f.IntN(3), 4))
		for i := range v.Len() {
			f.set(v.Index(i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 1 + f.IntN(3) {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			f.set(key)
			f.set(value)
			v.SetMapIndex(key, value)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.set(v.Elem())
	case reflect.String:
		v.SetString(string(rune('a'+f.IntN(26))) + "{F}{C} ü \x00" + strconv.Itoa(f.IntN(1000)))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(f.Int32()))
	case reflect.Uint64:
		v.SetUint(f.Uint64())
	case reflect.Float64:
		v.SetFloat(f.number())
	case reflect.Bool:
		v.SetBool(f.IntN(2) == 1)
	default:
		panic("wire: fill cannot make a " + v.Type().String())
	}
}

// time is in whole microseconds, as stores keep it.
func (f filler) time() time.Time { return time.UnixMicro(f.Int64N(1 << 52)).UTC() }

// number is any, and often one that formats like to lose.
func (f filler) number() float64 {
	hard := []float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), math.SmallestNonzeroFloat64, math.MaxFloat64, 1.0 / 3}
	if i := f.IntN(2 * len(hard)); i < len(hard) {
		return hard[i]
	}
	return math.Float64frombits(f.Uint64())
}

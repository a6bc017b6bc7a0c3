package pid

import (
	"strings"
	"testing"
)

const xorCSV = "y,s1,s2,p\n0,0,0,0.25\n1,0,1,0.25\n1,1,0,0.25\n0,1,1,0.25\n"

func TestReadersAgree(t *testing.T) {
	files := map[string]string{
		"csv":                    xorCSV,
		"counts":                 "y,s1,s2,count\n0,0,0,3\n1,0,1,3\n1,1,0,3\n0,1,1,3\n",
		"spaces and blank lines": "y, s1, s2, p\r\n0, 0, 0, 0.25\r\n\r\n1,0,1,.25\r\n1,1,0,25e-2\r\n0,1,1,0.25",
		"byte order mark":        "\ufeff" + xorCSV,
		"words":                  "y,s1,s2,p\nno,a,a,0.25\nyes,a,b,0.25\nyes,b,a,0.25\nno,b,b,0.25\n",
		"json": `[{"y":0,"s1":0,"s2":0,"p":0.25},{"y":1,"s1":0,"s2":1,"p":0.25},
			{"y":1,"s1":1,"s2":0,"p":0.25},{"y":0,"s1":1,"s2":1,"p":0.25}]`,
		"json counts": `[{"y":"a","s1":true,"s2":0,"count":1},{"y":"b","s1":true,"s2":1,"count":1},
			{"y":"b","s1":false,"s2":0,"count":1},{"y":"a","s1":false,"s2":1,"count":1}]`,
	}
	for name, content := range files {
		t.Run(name, func(t *testing.T) {
			d, err := Read(strings.NewReader(content))
			if err != nil {
				t.Fatal(err)
			}
			var dev deviation
			dev.compare(t, "atoms of XOR", d.Decompose().Atoms.Total,
				[]float64{0.5849625007211562, 0.5849625007211562, -0.5849625007211562, 0.4150374992788438}, 1e-12)
		})
	}
}

func TestReadRefuses(t *testing.T) {
	cases := []struct{ name, content, want string }{
		{"empty", "", "empty"},
		{"header", "y,s1,p\n0,0,1\n", "row 1"},
		{"only a header", "y,s1,s2,p\n", "no outcomes"},
		{"fields", "y,s1,s2,p\n0,0,1\n", "row 2 has 3 fields"},
		{"no number", "y,s1,s2,p\n0,0,0,half\n", `row 2: p is "half"`},
		{"negative", "y,s1,s2,p\n0,0,0,1.5\n0,0,1,-0.5\n", `row 2: p is "1.5"`},
		{"NaN", "y,s1,s2,p\n0,0,0,NaN\n", `row 2: p is "NaN"`},
		{"negative count", "y,s1,s2,count\n0,0,0,-1\n", `row 2: count is "-1"`},
		{"infinite count", "y,s1,s2,count\n0,0,0,Inf\n", `count is "Inf"`},
		{"all zero", "y,s1,s2,count\n0,0,0,0\n", "all counts are 0"},
		{"sum", "y,s1,s2,p\n0,0,0,0.5\n0,0,1,0.4\n", "sum to 0.9"},
		{"twice", "y,s1,s2,p\n0,0,0,0.5\n\n0,0,0,0.5\n", "row 4 repeats row 2"},
		{"json object", `{"y":0}`, "array of objects"},
		{"json empty", `[]`, "array is empty"},
		{"json names", `[{"y":0,"s1":0,"p":1}]`, "object 1"},
		{"json mixed", `[{"y":0,"s1":0,"s2":0,"p":1},{"y":0,"s1":0,"s2":0,"count":1}]`, "object 2"},
		{"json list", `[{"y":[],"s1":0,"s2":0,"p":1}]`, "object 1: y is []"},
		{"json tail", `[{"y":0,"s1":0,"s2":0,"p":1}] 7`, "follows"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(strings.NewReader(c.content))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add(xorCSV)
	f.Add("y,s1,s2,s3,count\na,b,c,d,5\n")
	f.Add(`[{"y":0,"s1":0,"s2":0,"p":1}]`)
	f.Fuzz(func(t *testing.T, content string) {
		d, err := Read(strings.NewReader(content))
		if err != nil {
			return
		}
		got := d.Decompose()
		if !(got.ResidualEntropy >= -1e-9) {
			t.Errorf("residual entropy %g", got.ResidualEntropy)
		}
	})
}

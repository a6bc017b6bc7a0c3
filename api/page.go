package api

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/goal-search/goal-search/study"
)

// Bounds of a page.
const (
	pageSizeMax     = 1000
	pageSizeDefault = 100
)

// pageSize returns how many to return.
func pageSize(v *violations, asked int32) int {
	v.within("page_size", asked, 0, pageSizeMax)
	if asked == 0 {
		return pageSizeDefault
	}
	return int(asked)
}

// A page token is the key of the first item of the page, for a kind of list.
func pageToken(kind, key string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(kind + ":" + key))
}

// pageStart returns the key in a token; "": the first page.
func pageStart(v *violations, kind, token string) string {
	if token == "" {
		return ""
	}
	text, err := base64.RawURLEncoding.DecodeString(token)
	key, ok := strings.CutPrefix(string(text), kind+":")
	if err != nil || !ok || key == "" {
		v.add("page_token", fmt.Errorf("%q is none of this list", token))
		return ""
	}
	return key
}

// pageNumber returns the number in a token; 0: the first page.
func pageNumber(v *violations, kind, token string) int {
	key := pageStart(v, kind, token)
	if key == "" {
		return 0
	}
	var number int
	if _, err := fmt.Sscan(key, &number); err != nil || number < 0 {
		v.add("page_token", fmt.Errorf("%q is none of this list", token))
	}
	return number
}

// placeKey is the key of a place in a token. The value reads back bit for bit.
func placeKey(p study.Place) string {
	return strconv.FormatFloat(p.Value, 'g', -1, 64) + " " + strconv.Itoa(p.Number)
}

// pagePlace returns the place in a token; nil: the first page.
func pagePlace(v *violations, kind, token string) *study.Place {
	key := pageStart(v, kind, token)
	if key == "" {
		return nil
	}
	var p study.Place
	if _, err := fmt.Sscanf(key, "%g %d", &p.Value, &p.Number); err != nil || placeKey(p) != key {
		v.add("page_token", fmt.Errorf("%q is none of this list", token))
	}
	v.finite("page_token", p.Value)
	return &p
}

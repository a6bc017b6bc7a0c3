package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// defaultHTTP waits for a connection and an answer within bounds; the body may
// take as long as it keeps coming (Client.Stall).
var defaultHTTP = &http.Client{Transport: &http.Transport{
	Proxy:                 http.ProxyFromEnvironment,
	DialContext:           (&net.Dialer{Timeout: 15 * time.Second}).DialContext,
	TLSHandshakeTimeout:   15 * time.Second,
	ResponseHeaderTimeout: 30 * time.Second,
	ForceAttemptHTTP2:     true,
	DisableCompression:    true, // digests are of the file as it lies on the server
}}

// download appends to the part what the server sends of the rest, up to its
// end. A fault that may pass is retryable.
func (c *Client) download(ctx context.Context, p *part, f File, url string, progress Progress) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(c.stall(), func() { cancel(errStalled) })
	defer watch.Stop()

	response, err := c.ask(ctx, p, url)
	if err != nil {
		return causeOf(ctx, err)
	}
	defer response.Body.Close()
	total, err := place(p, response, f)
	if err != nil {
		return err
	}
	progress(p.size, total)
	body := &body{from: io.LimitReader(response.Body, f.limit()+1-p.size), watch: watch, stall: c.stall()}
	err = copyTo(p, body, func() { progress(p.size, total) })
	switch {
	case err != nil:
		return causeOf(ctx, err)
	case p.size > f.limit():
		err := fmt.Errorf("%w: it goes on after %d bytes", ErrTooLarge, f.limit())
		return errors.Join(err, p.restart())
	case total >= 0 && p.size < total:
		return retryable{fmt.Errorf("it ends after %d of %d bytes", p.size, total)}
	}
	return nil
}

// ask requests the file, from the part's end on if something has arrived.
func (c *Client) ask(ctx context.Context, p *part, url string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	if p.size > 0 {
		request.Header.Set("Range", fmt.Sprintf("bytes=%d-", p.size))
		if p.etag != "" {
			request.Header.Set("If-Range", p.etag)
		}
	}
	client := c.HTTP
	if client == nil {
		client = defaultHTTP
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, retryable{err}
	}
	return response, nil
}

// place readies the part for what the answer brings: more of it, or all of it
// from the start when the server does not resume. It returns the size of the
// whole file, -1 when the server does not say.
func place(p *part, response *http.Response, f File) (total int64, err error) {
	switch response.StatusCode {
	case http.StatusOK:
		if err := p.restart(); err != nil {
			return 0, err
		}
		total = response.ContentLength
	case http.StatusPartialContent:
		var start int64
		if start, total, err = contentRange(response.Header.Get("Content-Range")); err != nil {
			return 0, err
		}
		if start != p.size {
			return 0, fmt.Errorf("the server sent the bytes from %d on: asked for those from %d on", start, p.size)
		}
	default:
		return 0, refusal(p, response)
	}
	if f.Size > 0 && total >= 0 && total != f.Size {
		return 0, fmt.Errorf("%w: the server has a file of %d bytes: want %d", ErrChecksum, total, f.Size)
	}
	if total > f.limit() {
		return 0, fmt.Errorf("%w: it has %d bytes: want at most %d", ErrTooLarge, total, f.limit())
	}
	if etag := response.Header.Get("ETag"); !strings.HasPrefix(etag, "W/") {
		p.etag = etag
	}
	return total, nil
}

// refusal is the error of an answer that brings no content.
func refusal(p *part, response *http.Response) error {
	err := fmt.Errorf("the server answers %s", response.Status)
	switch code := response.StatusCode; {
	case code == http.StatusNotFound || code == http.StatusGone:
		return fmt.Errorf("%w: %w", ErrNotFound, err)
	case code == http.StatusRequestedRangeNotSatisfiable && p.size > 0:
		// What has arrived is longer than the file: it belongs to another.
		if fault := p.restart(); fault != nil {
			return fault
		}
		return retryable{err}
	case code == http.StatusRequestTimeout || code == http.StatusTooManyRequests || code >= 500:
		return retryable{err}
	}
	return err
}

// contentRange reads "bytes START-END/TOTAL", where TOTAL may be "*".
func contentRange(header string) (start, total int64, err error) {
	fault := fmt.Errorf("the server's Content-Range is %q: want bytes START-END/TOTAL", header)
	span, size, ok := strings.Cut(strings.TrimPrefix(header, "bytes "), "/")
	first, last, dash := strings.Cut(span, "-")
	if !ok || !dash {
		return 0, 0, fault
	}
	start, err1 := strconv.ParseInt(first, 10, 64)
	end, err2 := strconv.ParseInt(last, 10, 64)
	total, err3 := int64(-1), error(nil)
	if size != "*" {
		total, err3 = strconv.ParseInt(size, 10, 64)
	}
	if errors.Join(err1, err2, err3) != nil || start < 0 || end < start || size != "*" && total <= end {
		return 0, 0, fault
	}
	return start, total, nil
}

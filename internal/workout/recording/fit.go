package recording

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash"
	"io"

	"github.com/muktihari/fit/decoder"
	"github.com/muktihari/fit/kit/hash/crc16"
)

// A FIT file is a header of 12 or 14 bytes (its size, versions, the size of the data, ".FIT",
// in the longer one a checksum of the header or zero), the data, and a checksum over both. Files
// may be chained. Source: Garmin, "FIT Protocol", https://developer.garmin.com/fit/protocol/

func looksLikeFIT(head []byte) bool {
	return len(head) >= 12 && (head[0] == 12 || head[0] == 14) && string(head[8:12]) == ".FIT"
}

// parseFIT reads a chain of FIT files. What follows the last file must be one, too.
func parseFIT(in *bufio.Reader, limits Limits) ([]Recording, error) {
	var all []Recording
	reader := fitReader{limits: limits}
	for files := 0; ; files++ {
		if _, err := in.Peek(1); err == io.EOF {
			break
		}
		if files >= limits.MaxRecordings {
			return nil, refuse(TooManyRecords)
		}
		if err := reader.read(in); err != nil {
			return nil, err
		}
		recordings, err := reader.recordings()
		if err != nil {
			return nil, err
		}
		if all = append(all, recordings...); len(all) > limits.MaxRecordings {
			return nil, refuse(TooManyRecords)
		}
	}
	if len(all) == 0 {
		return nil, refuse(NoSamples)
	}
	return all, nil
}

// read decodes one file of the chain. The checksum is ours to check: the decoder leaves the
// header out of it when the header has no checksum of its own, and so refuses good files of
// older devices. It also wins over whatever the decoder makes of damaged data.
func (f *fitReader) read(in *bufio.Reader) error {
	head, err := in.Peek(12)
	if err != nil {
		return err
	}
	if !looksLikeFIT(head) {
		return refuse(Malformed)
	}
	header := make([]byte, head[0])
	if _, err := io.ReadFull(in, header); err != nil {
		return err
	}
	size := binary.LittleEndian.Uint32(header[4:8])
	if size == 0 { // the device never came to write it
		return refuse(Truncated)
	}
	sum := crc16.New()
	sum.Write(header)
	data := &summed{r: &io.LimitedReader{R: in, N: int64(size)}, sum: sum}
	decodeErr := f.decode(io.MultiReader(bytes.NewReader(header), data, bytes.NewReader(make([]byte, 2))))
	if _, own := errors.AsType[*Error](decodeErr); own {
		return decodeErr
	}
	if _, broken := errors.AsType[readError](decodeErr); broken {
		return decodeErr
	}
	if _, err := io.Copy(io.Discard, data); err != nil {
		return err
	}
	var stored [2]byte
	if _, err := io.ReadFull(in, stored[:]); err != nil {
		return err
	}
	if binary.LittleEndian.Uint16(stored[:]) != sum.Sum16() {
		return refuse(BadChecksum)
	}
	if decodeErr != nil { // the data is as it was written, so it was written wrong
		return refuse(Malformed).because(decodeErr)
	}
	return nil
}

// decode lets the decoder call OnMesg for each message; none is kept. A listener can't return
// an error, so OnMesg notes it and cancels.
func (f *fitReader) decode(r io.Reader) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	f.begin(cancel)
	_, err := decoder.New(r, decoder.WithIgnoreChecksum(), decoder.WithBroadcastOnly(), decoder.WithMesgListener(f)).
		DecodeWithContext(ctx)
	if f.refused != nil {
		return f.refused
	}
	return err
}

// summed adds what is read to a checksum.
type summed struct {
	r   io.Reader
	sum hash.Hash
}

func (s *summed) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.sum.Write(p[:n])
	return n, err
}

package httpapi

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/workout/recording/series"
)

// A batch is refused as the caller's mistake, or each of its items is: and what is taken is what the
// contract's schema takes, samples and all, in tables that keep their rules.
func FuzzSyncBatch(f *testing.F) {
	schema := theManifest(f)["syncWorkouts"].body.Content.Get("application/json").Schema.Value
	for _, seed := range []string{
		`{"sent_at":"2026-05-01T06:40:12Z","items":[{"client_id":"6b0f2f0e-2f61-4b7c-9a55-3d0a1c2b4e5f","version":1,"part":0,"final":true,` +
			`"sport":"ride","started_at":"2026-05-01T05:31:07Z","duration_s":3,"samples":{"t_ms":[0,1000,2000],"power_w":[180,192.4,null],"lat":[1,2,3],"lon":[1,null,2]}}]}`,
		`{"sent_at":"2026-05-01T06:40:12Z","items":[{"samples":{"t_ms":[1e9,-1,0.5],"power_w":[1e400]}},[],null,{"part":-1,"part2":{}}]}`,
		`{"sent_at":"now","items":[]}`, `{"items":{}}`, `[]`, `{"sent_at":1,"sent_at":2}`,
		`{"sent_at":"2026-05-01T06:40:12Z","items":[{"samples":{"t_ms":[0],"lat":[90.0000001],"altitude_m":[null]}}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		batch, err := readBatch(body, schema)
		if err != nil {
			refusedOnly(t, err, fault.KindInvalid)
			return
		}
		if n := len(batch.items); n < 1 || n > 100 || batch.sentAt.IsZero() && !json.Valid(body) {
			t.Fatalf("%d items are taken", n)
		}
		for _, raw := range batch.items {
			item, outcome := readItem(raw, batch.schema)
			if outcome.Rejected != nil {
				refusedOnly(t, outcome.Rejected, fault.KindInvalid)
				continue
			}
			var plain any
			if err := json.Unmarshal(raw, &plain); err != nil {
				t.Fatalf("taken, though another parser refuses it: %v", err)
			}
			if err := schema.Properties["items"].Value.Items.Value.VisitJSON(plain, openapi3.MultiErrors()); err != nil {
				t.Fatalf("taken, though the contract refuses it: %v", err)
			}
			for _, table := range item.Samples {
				ascending := slices.IsSorted(table.T) && len(slices.Compact(slices.Clone(table.T))) == len(table.T)
				if err := table.Check(); err != nil && ascending {
					t.Fatal(err)
				}
				for _, c := range table.Columns {
					if c.Channel.Family() != table.Family || len(c.V) != len(table.T) || !slices.ContainsFunc(c.V, func(v int32) bool { return v != series.Absent }) && len(table.Columns) == 1 {
						t.Fatalf("a column of %s: %v", c.Channel, c.V)
					}
				}
			}
		}
	})
}

// What readSamples takes is bounded by the same numbers as the contract says.
func TestSamplesAreBoundedByTheContract(t *testing.T) {
	t.Parallel()
	schema := theManifest(t)["syncWorkouts"].body.Content.Get("application/json").Schema.Value.Properties["items"].Value.Items.Value.Properties["samples"].Value
	if len(schema.Properties) != 1+series.Channels {
		t.Errorf("the contract has %d columns", len(schema.Properties))
	}
	for name, column := range schema.Properties {
		bounds := column.Value.Items.Value
		if *column.Value.MaxItems != maxColumn {
			t.Errorf("%s: %d items", name, *column.Value.MaxItems)
		}
		for _, v := range []float64{*bounds.Min, *bounds.Max, *bounds.Min - 1, *bounds.Max + 1} {
			raw, err := json.Marshal(map[string]any{"t_ms": []float64{0}, name: []float64{v}})
			if err != nil {
				t.Fatal(err)
			}
			_, problems := readSamples(raw)
			if taken := len(problems) == 0; taken != (v >= *bounds.Min && v <= *bounds.Max) {
				t.Errorf("%s of %v: %v", name, v, problems)
			}
		}
	}
}

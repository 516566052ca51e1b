package httpapi

import (
	"io"
	"maps"
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/dto"
	"github.com/paceline/paceline/internal/fault"
	"github.com/paceline/paceline/internal/workout"
	"github.com/paceline/paceline/internal/workout/recording"
)

// clockTolerance is how far a console's clock may be off: as far ahead as a workout may begin.
const clockTolerance = 5 * time.Minute

// SyncWorkouts takes a console's batch, item by item. What is wrong with an item is its result; what
// is wrong with the caller, the body or the service ends the batch, and what was taken by then stays:
// to send it again changes nothing.
func (s *Server) SyncWorkouts(c echo.Context) error {
	ctx := c.Request().Context()
	leave, err := s.Workouts.ReceiveSync(ctx)
	if err != nil {
		return err
	}
	defer leave()
	batch, err := bindBatch(c)
	if err != nil {
		return err
	}
	offset := caller(c).At().Sub(batch.sentAt).Round(time.Second)
	out := make([]dto.SyncOutcome, 0, len(batch.items))
	for _, raw := range batch.items {
		item, outcome := readItem(raw, batch.schema)
		if outcome.Rejected == nil && offset.Abs() > clockTolerance {
			outcome.Rejected = fault.Unprocessable("clock_skew", "the console's clock is off; correct the times by clock_offset_s and send again")
		}
		if outcome.Rejected == nil {
			if outcome.Synced, outcome.Grant, err = s.Workouts.Sync(ctx, caller(c), item); err != nil {
				if outcome.Rejected = rejection(err); outcome.Rejected == nil {
					return err
				}
			}
		}
		out = append(out, outcome)
	}
	return respond(c, http.StatusOK, dto.SyncBody(out, offset.Seconds()))
}

// ListSyncChanges is what has changed of the caller's own workouts.
func (s *Server) ListSyncChanges(c echo.Context, params dto.ListSyncChangesParams) error {
	changes, err := s.Workouts.Changes(c.Request().Context(), caller(c), pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.SyncChangesBody(changes))
}

// rejection is what is wrong with an item, nil for what is wrong with something else.
func rejection(err error) *fault.Error {
	switch f := asFault(err); f.Kind {
	case fault.KindUnprocessable, fault.KindConflict, fault.KindTooLarge:
		return f
	default:
		return nil
	}
}

// syncBatch is a batch before its items are looked at.
type syncBatch struct {
	sentAt time.Time
	items  []jsontext.Value
	schema *openapi3.Schema // of an item, without its samples
}

// bindBatch is bind for a batch: JSON throughout, the whole and the number of its items as the
// contract asks, each item as it came.
func bindBatch(c echo.Context) (syncBatch, error) {
	media, err := bodyType(c)
	if err != nil || media != echo.MIMEApplicationJSON {
		return syncBatch{}, fault.UnsupportedMedia("json_only", "the body must be application/json")
	}
	raw, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return syncBatch{}, bodyError(err)
	}
	return readBatch(raw, operationOf(c).body.Content.Get(echo.MIMEApplicationJSON).Schema.Value)
}

func readBatch(raw []byte, schema *openapi3.Schema) (syncBatch, error) {
	var in struct {
		SentAt jsontext.Value   `json:"sent_at"`
		Items  []jsontext.Value `json:"items"`
	}
	if err := json.Unmarshal(raw, &in, json.RejectUnknownMembers(true)); err != nil {
		return syncBatch{}, syntaxFault(err)
	}
	plain := map[string]any{}
	if in.Items != nil { // only how many there are is looked at here
		plain["items"] = slices.Repeat([]any{true}, len(in.Items))
	}
	if in.SentAt != nil {
		var sentAt any
		if err := json.Unmarshal(in.SentAt, &sentAt); err != nil {
			return syncBatch{}, syntaxFault(err)
		}
		plain["sent_at"] = sentAt
	}
	whole, item := *schema, *schema.Properties["items"].Value.Items.Value
	whole.Properties, item.Properties = maps.Clone(whole.Properties), maps.Clone(item.Properties)
	list := *whole.Properties["items"].Value
	list.Items = anything
	whole.Properties["items"], item.Properties["samples"] = openapi3.NewSchemaRef("", &list), anything
	if err := whole.VisitJSON(plain, openapi3.MultiErrors()); err != nil {
		return syncBatch{}, fault.Invalid("invalid_body", "the body is not what the contract asks for", broken(err, nil)...)
	}
	batch := syncBatch{items: in.Items, schema: &item}
	if err := json.Unmarshal(in.SentAt, &batch.sentAt); err != nil {
		return syncBatch{}, syntaxFault(err)
	}
	return batch, nil
}

// anything is the schema of what is checked elsewhere.
var anything = openapi3.NewSchemaRef("", &openapi3.Schema{})

// readItem reads an item as the contract describes it, or says what is wrong with it.
func readItem(raw jsontext.Value, schema *openapi3.Schema) (workout.SyncItem, dto.SyncOutcome) {
	var outcome dto.SyncOutcome
	reject := func(fields ...fault.Field) (workout.SyncItem, dto.SyncOutcome) {
		outcome.Rejected = fault.Invalid("invalid_body", "the item is not what the contract asks for", fields...)
		return workout.SyncItem{}, outcome
	}
	var members map[string]jsontext.Value
	if json.Unmarshal(raw, &members) != nil || members == nil {
		return reject(fault.At("", "wrong_type", "has to be an object"))
	}
	if len(members) > maxValues {
		return reject(fault.At("", "too_many_values", "holds more members than there are"))
	}
	samples := members["samples"]
	delete(members, "samples")
	plain := map[string]any{}
	for name, value := range members {
		var v any
		if json.Unmarshal(value, &v) != nil || size(v) > maxValues {
			return reject(fault.At(pointer([]string{name}), "too_many_values", "holds more values than any member takes"))
		}
		plain[name] = v
	}
	if id, ok := plain["client_id"].(string); ok && isID(id) {
		outcome.ClientID = new(uuid.MustParse(id))
	}
	if part, ok := plain["part"].(float64); ok && part == math.Trunc(part) && math.Abs(part) < 1<<31 {
		outcome.Part = new(int(part))
	}
	if err := schema.VisitJSON(plain, openapi3.MultiErrors()); err != nil {
		return reject(broken(err, nil)...)
	}
	var in dto.SyncItem
	if err := json.Unmarshal(raw, &in, json.WithUnmarshalers(skipSamples)); err != nil {
		return reject(fault.At("", "invalid", "is not what the contract asks for"))
	}
	item := itemOf(in)
	if samples != nil {
		tables, problems := readSamples(samples)
		if len(problems) > 0 {
			return reject(problems...)
		}
		item.Samples = tables
	}
	return item, outcome
}

// skipSamples leaves the samples to readSamples.
var skipSamples = json.UnmarshalFromFunc(func(d *jsontext.Decoder, _ *dto.SyncSamples) error { return d.SkipValue() })

func itemOf(in dto.SyncItem) workout.SyncItem {
	text := func(s *string) string {
		if s == nil {
			return ""
		}
		return *s
	}
	return workout.SyncItem{
		ClientID: in.ClientID, Version: in.Version, Part: in.Part, Final: in.Final,
		Sport: workout.Sport(in.Sport), Indoor: in.Indoor != nil && *in.Indoor, StartedAt: in.StartedAt.UTC(), DurationS: in.DurationS,
		MovingS: in.MovingS, DistanceM: in.DistanceM, CaloriesKcal: in.CaloriesKcal, OutputKJ: in.OutputKj,
		Device: recording.Device{Name: text(in.DeviceName), Serial: text(in.DeviceSerial)},
		Class:  workout.ClassRef{Class: in.ClassID, Scheduled: in.ScheduledClassID},
	}
}

// Package paceline holds nothing but what makes the generated files: run
// `go generate .` after a change of the contract or of a query, and commit what it wrote.
package paceline

//go:generate go tool -modfile=tools/go.mod oapi-codegen -config api/models.yaml api/openapi.yaml
//go:generate go tool -modfile=tools/go.mod oapi-codegen -config api/routes.yaml api/openapi.yaml
//go:generate go run -C tools ./encoders ../internal/dto/models.gen.go ../internal/dto/encode.gen.go Workout WorkoutList ImportResult Profile MemberList Stats
//go:generate go tool -modfile=tools/go.mod sqlc generate

// Package query stands for the compiled queries of workout.
package query

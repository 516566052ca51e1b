// Package query stands for the compiled queries of staff.
package query

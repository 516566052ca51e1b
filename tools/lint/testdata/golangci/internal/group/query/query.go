// Package query stands for the compiled queries of group.
package query

// Package query stands for the compiled queries of class.
package query

// Package query stands for the compiled queries of account.
package query

// Package query stands for the compiled queries of booking.
package query

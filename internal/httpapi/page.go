package httpapi

import (
	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/dto"
	"github.com/paceline/paceline/internal/page"
)

// defaultLimit is the contract's default of a page's limit.
const defaultLimit = 20

// pageRequest is what a request asks of a list. The contract's bounds have been
// checked; the feature adds the filter.
func pageRequest(c echo.Context, limit *dto.Limit, cursor *dto.Cursor) page.Request {
	r := page.Request{Limit: defaultLimit, Operation: operationOf(c).id}
	if limit != nil {
		r.Limit = *limit
	}
	if cursor != nil {
		r.Cursor = *cursor
	}
	return r
}

package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/dto"
	"github.com/paceline/paceline/internal/notice"
	"github.com/paceline/paceline/internal/notice/inbox"
	"github.com/paceline/paceline/internal/privacy"
)

// ListNotifications is the caller's notices, as far as they show now.
func (s *Server) ListNotifications(c echo.Context, params dto.ListNotificationsParams) error {
	unread := params.Unread != nil && *params.Unread
	list, left, err := s.Notices.List(c.Request().Context(), caller(c), unread, pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.NotificationListBody(list, left))
}

// ReadNotification marks one of the caller's notices as read.
func (s *Server) ReadNotification(c echo.Context, id dto.NotificationID) error {
	return done(c, s.Notices.MarkRead, id)
}

// ReadAllNotifications marks all of the caller's notices as read.
func (s *Server) ReadAllNotifications(c echo.Context) error {
	if err := s.Notices.MarkAllRead(c.Request().Context(), caller(c)); err != nil {
		return err
	}
	return respondEmpty(c, http.StatusNoContent)
}

// DeleteNotification deletes one of the caller's notices.
func (s *Server) DeleteNotification(c echo.Context, id dto.NotificationID) error {
	return done(c, s.Notices.Delete, id)
}

// GetNotificationSettings is what the caller is told of.
func (s *Server) GetNotificationSettings(c echo.Context, _ dto.GetNotificationSettingsParams) error {
	settings, grant, err := s.Notices.Settings(c.Request().Context(), caller(c))
	if err != nil {
		return err
	}
	return respondTagged(c, http.StatusOK, dto.NotificationSettingsBody(settings, grant))
}

// UpdateNotificationSettings changes what the caller is told of.
func (s *Server) UpdateNotificationSettings(c echo.Context, _ dto.UpdateNotificationSettingsParams) error {
	var in dto.NotificationSettingsPatch
	if err := bind(c, &in); err != nil {
		return err
	}
	edits := make([]inbox.SettingEdit, 0, len(in.Items))
	for _, e := range in.Items {
		edits = append(edits, inbox.SettingEdit{Kind: notice.Kind(e.Kind), Told: e.Told, Mailed: e.Mailed})
	}
	matches := precondition(c)
	settings, grant, err := s.Notices.EditSettings(c.Request().Context(), caller(c), edits,
		func(now privacy.Guarded[inbox.Settings], g privacy.Grant) error {
			return matches(dto.NotificationSettingsBody(now, g))
		})
	if err != nil {
		return err
	}
	return respondTagged(c, http.StatusOK, dto.NotificationSettingsBody(settings, grant))
}

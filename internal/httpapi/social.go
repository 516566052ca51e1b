package httpapi

import (
	"crypto/sha256"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/paceline/paceline/internal/dto"
	"github.com/paceline/paceline/internal/social"
)

// ListLikes is who likes a workout.
func (s *Server) ListLikes(c echo.Context, id dto.WorkoutID, params dto.ListLikesParams) error {
	list, err := s.Social.Likes(c.Request().Context(), caller(c), id, pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.LikeListBody(list))
}

// LikeWorkout has the caller like a workout.
func (s *Server) LikeWorkout(c echo.Context, id dto.WorkoutID) error {
	return done(c, s.Social.Like, id)
}

// UnlikeWorkout takes the caller's like back.
func (s *Server) UnlikeWorkout(c echo.Context, id dto.WorkoutID) error {
	return done(c, s.Social.Unlike, id)
}

// ListComments is what is written below a workout.
func (s *Server) ListComments(c echo.Context, id dto.WorkoutID, params dto.ListCommentsParams) error {
	list, err := s.Social.Comments(c.Request().Context(), caller(c), id, pageRequest(c, params.Limit, params.Cursor))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, dto.CommentListBody(list))
}

// AddComment puts a comment of the caller's below a workout.
func (s *Server) AddComment(c echo.Context, id dto.WorkoutID, params dto.AddCommentParams) error {
	var in dto.CommentCreate
	raw, err := bindRaw(c, &in)
	if err != nil {
		return err
	}
	var once social.Repeat
	if params.IdempotencyKey != nil {
		key, request := sha256.Sum256([]byte(*params.IdempotencyKey)), sha256.Sum256(append(id[:], raw...))
		once = social.Repeat{Key: key[:], Request: request[:]}
	}
	comment, err := s.Social.Write(c.Request().Context(), caller(c), id, in.Text, once)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderLocation, "/v1/comments/"+comment.ID.String())
	return respondTagged(c, http.StatusCreated, dto.CommentBody(comment))
}

// GetComment is one comment.
func (s *Server) GetComment(c echo.Context, id dto.CommentID, _ dto.GetCommentParams) error {
	comment, err := s.Social.Comment(c.Request().Context(), caller(c), id)
	if err != nil {
		return err
	}
	return respondTagged(c, http.StatusOK, dto.CommentBody(comment))
}

// UpdateComment changes a comment of the caller's.
func (s *Server) UpdateComment(c echo.Context, id dto.CommentID, _ dto.UpdateCommentParams) error {
	var in dto.CommentCreate
	if err := bind(c, &in); err != nil {
		return err
	}
	matches := precondition(c)
	comment, err := s.Social.Edit(c.Request().Context(), caller(c), id, in.Text, func(now social.Comment) error {
		return matches(dto.CommentBody(now))
	})
	if err != nil {
		return err
	}
	return respondTagged(c, http.StatusOK, dto.CommentBody(comment))
}

// DeleteComment deletes a comment of the caller's, or one below a workout of theirs.
func (s *Server) DeleteComment(c echo.Context, id dto.CommentID) error {
	return done(c, s.Social.Delete, id)
}

// HideComment hides a comment below a workout of the caller's.
func (s *Server) HideComment(c echo.Context, id dto.CommentID) error {
	return done(c, s.Social.Hide, id)
}

// ShowComment shows it again.
func (s *Server) ShowComment(c echo.Context, id dto.CommentID) error {
	return done(c, s.Social.Show, id)
}

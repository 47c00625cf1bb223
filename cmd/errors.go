package cmd

import (
	"errors"
	"io/fs"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/client"
)

// describe turns an error into the text a person reads.
func describe(err error) string {
	if list, ok := errors.AsType[client.Errors](err); ok {
		return withoutTokens(describeAnswer(err, list))
	}
	message := withoutTokens(err.Error())
	if errors.Is(err, fs.ErrPermission) && !strings.Contains(message, "Check") {
		message += "\nCheck who owns the file or folder and whether it may be read and written."
	}
	return message
}

func describeAnswer(err error, list client.Errors) string {
	message := err.Error()
	for _, e := range list {
		if e.RequestID != "" && !strings.Contains(message, e.RequestID) {
			message += "\nRequest id: " + e.RequestID
		}
	}
	return message
}

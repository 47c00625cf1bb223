package prismayml

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"
)

// SetEndpoint writes the endpoint into a service definition and keeps every other byte.
//
// As in the original (prisma-yml, PrismaDefinition.ts) an endpoint that is there becomes a
// comment and the new line follows it, otherwise the line is appended after an empty one. The
// file is replaced in one step; a file without write permission is left alone.
func SetEndpoint(path, endpoint string) error { return set(path, "endpoint", endpoint) }

// SetDatamodel names the datamodel file in a service definition, as SetEndpoint does.
func SetDatamodel(path, datamodel string) error { return set(path, "datamodel", datamodel) }

func set(path, property, value string) error {
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		path = resolved
	}
	stat, err := os.Stat(path)
	if err != nil {
		return err
	}
	if stat.Mode().Perm()&0o200 == 0 {
		return &fs.PathError{Op: "write", Path: path, Err: fs.ErrPermission}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	changed, err := with(text, property, value)
	if err != nil {
		return err
	}
	return replaceFile(path, changed, stat.Mode().Perm())
}

// Write puts the text of a source into its file, which is there and keeps its mode.
func (s Source) Write() error {
	path, err := filepath.EvalSymlinks(s.Path)
	if err != nil {
		return err
	}
	stat, err := os.Stat(path)
	if err != nil {
		return err
	}
	return replaceFile(path, []byte(s.Text), stat.Mode().Perm())
}

// replaceFile writes beside the file and renames, so that a full disk leaves the old one.
func replaceFile(path string, text []byte, mode fs.FileMode) error {
	writable, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	writable.Close()
	temp, err := os.CreateTemp(filepath.Dir(path), ".prisma-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(text)
	err = errors.Join(err, temp.Chmod(mode), temp.Sync(), temp.Close())
	if err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}

const byteOrderMark = "\ufeff"

// with returns text with a property set. Each way of writing it is tried until one
// leaves all other properties as they were.
func with(text []byte, property, value string) ([]byte, error) {
	before, err := parse(text)
	if err != nil {
		return nil, err
	}
	if bytes.LastIndex(text, []byte(byteOrderMark)) > 0 {
		return nil, fmt.Errorf("the place of the %s in this file is not clear: it has the character U+FEFF in its midst", property)
	}
	want := decode(before)
	want[property] = value
	for candidate := range candidates(text, before, property, value) {
		after, err := parse(candidate)
		if err == nil && reflect.DeepEqual(decode(after), want) {
			return candidate, nil
		}
	}
	return nil, fmt.Errorf("the place of the %s in this file is not clear", property)
}

func candidates(text []byte, root *yaml.Node, property, value string) func(yield func([]byte) bool) {
	newline := "\n"
	if bytes.Contains(text, []byte("\r\n")) {
		newline = "\r\n"
	}
	return func(yield func([]byte) bool) {
		for i := 0; i+1 < len(root.Content); i += 2 {
			if root.Content[i].Value == property {
				replacements(text, root.Content[i], root.Content[i+1], value, newline)(yield)
				return
			}
		}
		insertions(text, root, property, value, newline)(yield)
	}
}

// maxLines is over how many lines an endpoint may stretch.
const maxLines = 20

// replacements comments the old entry out, however many lines it has, or changes a value in
// braces where it stands.
func replacements(text []byte, key, value *yaml.Node, next, newline string) func(yield func([]byte) bool) {
	lines := bytes.SplitAfter(text, []byte("\n"))
	first := key.Line - 1
	return func(yield func([]byte) bool) {
		for end := first + 1; end <= min(len(lines), first+maxLines); end++ {
			var b bytes.Buffer
			for i, line := range lines {
				if i >= first && i < end {
					writeComment(&b, line, newline)
				} else {
					b.Write(line)
				}
				if i == end-1 {
					b.WriteString(line0(key, key.Value+": "+quoteLike(value, next)) + newline)
				}
			}
			if !yield(b.Bytes()) {
				return
			}
		}
		if value.Line-1 < len(lines) && value.Column > 0 {
			yield(inPlace(lines, value, next))
		}
	}
}

// writeComment writes a line as a comment; a byte order mark stays in front.
func writeComment(b *bytes.Buffer, line []byte, newline string) {
	if rest, ok := bytes.CutPrefix(line, []byte("\ufeff")); ok {
		b.WriteString("\ufeff")
		line = rest
	}
	b.WriteByte('#')
	b.Write(line)
	if !bytes.HasSuffix(line, []byte("\n")) {
		b.WriteString(newline)
	}
}

// line0 indents a line as its key was.
func line0(key *yaml.Node, line string) string {
	return strings.Repeat(" ", max(key.Column-1, 0)) + line
}

func inPlace(lines [][]byte, value *yaml.Node, next string) []byte {
	if value.Line > len(lines) { // to YAML a carriage return alone ends a line, too
		return nil
	}
	line := lines[value.Line-1]
	at := value.Column - 1
	old := quoteLike(value, value.Value)
	if at > len(line) || !bytes.HasPrefix(line[at:], []byte(old)) {
		return nil
	}
	changed := string(line[:at]) + quoteLike(value, next) + string(line[at+len(old):])
	before := bytes.Join(lines[:value.Line-1], nil)
	after := bytes.Join(lines[value.Line:], nil)
	return append(append(before, changed...), after...)
}

// insertions append the line, or put it before the first property where the end of the file
// belongs to a longer value.
func insertions(text []byte, root *yaml.Node, property, value, newline string) func(yield func([]byte) bool) {
	entry := property + ": " + quoteLike(nil, value) + newline
	return func(yield func([]byte) bool) {
		if !yield([]byte(string(text) + newline + entry)) {
			return
		}
		if bytes.HasSuffix(text, []byte("\n")) && !yield([]byte(string(text)+entry)) || len(root.Content) == 0 {
			return
		}
		lines := bytes.SplitAfter(text, []byte("\n"))
		at := root.Content[0].Line - 1
		if at >= len(lines) { // to YAML a carriage return alone ends a line, too
			return
		}
		before := string(bytes.Join(lines[:at], nil))
		after := string(bytes.Join(lines[at:], nil))
		if yield([]byte(before+line0(root.Content[0], entry)+after)) && strings.HasPrefix(strings.TrimSpace(after), "{") {
			yield([]byte(before + strings.Replace(after, "{", "{"+property+": '"+value+"', ", 1)))
		}
	}
}

// quoteLike writes a text with the quotes that old has.
func quoteLike(old *yaml.Node, text string) string {
	switch {
	case old != nil && old.Style&yaml.DoubleQuotedStyle != 0:
		return fmt.Sprintf("%q", text)
	case old != nil && old.Style&yaml.SingleQuotedStyle != 0:
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	var plain yaml.Node
	if err := yaml.Unmarshal([]byte("endpoint: "+text), &plain); err == nil && decode(plain.Content[0])["endpoint"] == text {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}

func decode(root *yaml.Node) map[string]any {
	values := map[string]any{}
	if root.Decode(&values) != nil {
		return map[string]any{}
	}
	return values
}

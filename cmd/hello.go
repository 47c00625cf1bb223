package cmd

import (
	"os"
	"path/filepath"
)

// helloWorld is the service an empty folder gets; the datamodel is that of the original's init.
var helloWorld = []struct{ Name, Text string }{
	{"prisma.yml", "# The service definition. `prisma1 deploy` brings it to the server at this endpoint.\nendpoint: http://localhost:4466/hello-world/dev\ndatamodel: datamodel.prisma\n"},
	{"datamodel.prisma", "type User {\n  id: ID! @id\n  name: String!\n}\n"},
}

// writeHelloWorld writes the files that are not there yet.
func writeHelloWorld(dir string) (written []string, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	for _, f := range helloWorld {
		file, err := os.OpenFile(filepath.Join(dir, f.Name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if os.IsExist(err) {
			continue
		}
		if err != nil {
			return written, err
		}
		if _, err = file.WriteString(f.Text); err != nil {
			file.Close()
			return written, err
		}
		if err := file.Close(); err != nil {
			return written, err
		}
		written = append(written, f.Name)
	}
	return written, nil
}

// Command names writes internal/replay/judging/names_sdk.txt: what the service models of the AWS SDK for Python say about the
// names of CloudTrail events that are not names of IAM actions.
//
// It takes the folder of the models, the catalogue of actions, and the file to write:
//
//	go run ./names -models BOTOCORE/data -version 1.43.11 -catalogue ../access/catalogue/catalogue.txt -out ../internal/replay/judging/names_sdk.txt
//
// Two things are taken from a model. The prefix of a service in an endpoint beside the name that its requests are
// signed with, which is the prefix of its actions: CloudTrail writes either as eventSource. And the HTTP methods of the
// operations of Amazon API Gateway, which are its actions.
package main

import (
	"cmp"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// model is what is read of service-2.json.
type model struct {
	Metadata struct {
		EndpointPrefix string `json:"endpointPrefix"`
		SigningName    string `json:"signingName"`
	} `json:"metadata"`
	Operations map[string]struct {
		Name string `json:"name"`
		HTTP struct {
			Method string `json:"method"`
		} `json:"http"`
	} `json:"operations"`
}

func main() {
	log.SetFlags(0)
	models := flag.String("models", "", "the folder of the service models")
	version := flag.String("version", "", "the version of botocore")
	catalogue := flag.String("catalogue", "", "the catalogue of actions")
	out := flag.String("out", "", "the file to write")
	flag.Parse()
	if *models == "" || *version == "" || *catalogue == "" || *out == "" {
		log.Fatal("give -models, -version, -catalogue and -out")
	}
	known, err := actionsOf(*catalogue)
	if err != nil {
		log.Fatal(err)
	}
	all, err := read(*models)
	if err != nil {
		log.Fatal(err)
	}
	text := head(*version) + strings.Join(prefixes(all, known), "") + "\n" + strings.Join(methods(all), "")
	if err := os.WriteFile(*out, []byte(text), 0o644); err != nil {
		log.Fatal(err)
	}
}

func head(version string) string {
	return "# Written by tools/names from the service models of botocore " + version + ", Apache License 2.0, Copyright Amazon.com, Inc. or its affiliates.\n" +
		"# The format is that of names.txt. A prefix is the endpointPrefix of a service beside its signingName; an action of API Gateway is the HTTP method\n" +
		"# of the operation (API Gateway Developer Guide, Control access to a REST API with IAM permissions).\n\n"
}

// actionsOf are the actions of each prefix, in lower case.
func actionsOf(file string) (map[string]map[string]bool, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	known := map[string]map[string]bool{}
	prefix := ""
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if name, begins := strings.CutPrefix(line, "="); begins {
			prefix, _, _ = strings.Cut(name, " ")
			known[prefix] = map[string]bool{}
			continue
		}
		if name, _, found := strings.Cut(line, " "); found && prefix != "" && name != "" && 'A' <= name[0] && name[0] <= 'Z' {
			known[prefix][strings.ToLower(name)] = true
		}
	}
	return known, nil
}

// read reads the newest model of each service.
func read(dir string) ([]model, error) {
	services, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []model
	for _, service := range services {
		found, err := filepath.Glob(filepath.Join(dir, service.Name(), "*", "service-2.json*"))
		if err != nil || len(found) == 0 {
			continue
		}
		m, err := readModel(slices.Max(found))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", service.Name(), err)
		}
		m.Metadata.SigningName = cmp.Or(m.Metadata.SigningName, m.Metadata.EndpointPrefix)
		out = append(out, m)
	}
	return out, nil
}

func readModel(file string) (m model, err error) {
	opened, err := os.Open(file)
	if err != nil {
		return m, err
	}
	defer opened.Close()
	var in io.Reader = opened
	if strings.HasSuffix(file, ".gz") {
		if in, err = gzip.NewReader(opened); err != nil {
			return m, err
		}
	}
	return m, json.NewDecoder(in).Decode(&m)
}

// prefixes are the rows of endpoints that are no prefix of actions themselves, where most operations of the service
// are actions below the name that requests are signed with.
func prefixes(all []model, known map[string]map[string]bool) []string {
	rows := map[string]bool{}
	for _, m := range all {
		endpoint, signing := strings.ToLower(m.Metadata.EndpointPrefix), strings.ToLower(m.Metadata.SigningName)
		if known[endpoint] != nil || known[signing] == nil || endpoint == signing {
			continue
		}
		have := 0
		for _, operation := range m.Operations {
			if known[signing][strings.ToLower(operation.Name)] {
				have++
			}
		}
		if 2*have > len(m.Operations) {
			rows["@ "+endpoint+" "+signing+" # [SDK]\n"] = true
		}
	}
	return slices.Sorted(maps.Keys(rows))
}

// methods are the rows of API Gateway. A name that has another method in each of its two versions has "?": the event
// does not tell which.
func methods(all []model) []string {
	of := map[string][]string{}
	for _, m := range all {
		if m.Metadata.EndpointPrefix != "apigateway" {
			continue
		}
		for _, operation := range m.Operations {
			action := "apigateway:" + operation.HTTP.Method
			if !slices.Contains(of[operation.Name], action) {
				of[operation.Name] = append(of[operation.Name], action)
			}
		}
	}
	var rows []string
	for _, name := range slices.Sorted(maps.Keys(of)) {
		action := of[name][0]
		if len(of[name]) > 1 {
			action = "?"
		}
		rows = append(rows, "apigateway "+name+" "+action+" # [SDK]\n")
	}
	return rows
}

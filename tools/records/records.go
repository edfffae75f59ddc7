package main

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// perFile is how many records one file has. CloudTrail delivers files of a few thousand where much is called.
const perFile = 5000

// kind is a call as one sort of caller makes it, and how many of a thousand calls are like it. In its parameters %[1]s
// is a random hexadecimal number.
type kind struct {
	share                 int
	source, name, params  string
	response, more, agent string
	caller                func(r *rand.Rand, account string) string
	readOnly              bool
}

var accounts = []string{"444455556666", "777788889999", "111122223333", "555555555555"}

const (
	sdk     = "aws-sdk-go-v2/1.36.3 ua/2.1 os/linux lang/go#1.24.1 md/GOOS#linux md/GOARCH#amd64 api/ec2#1.210.0 m/E,e"
	console = "[Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36]"
	cli     = "aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1 os/linux#6.8.0 md/arch#x86_64 lang/python#3.13.7 md/command#ssm.start-session"
)

// kinds are about what a trail of accounts with programs, pipelines and a few people has: most of it is read, much of
// it is written by services, little is done by people.
var kinds = []kind{
	{
		share:    180,
		source:   "sts",
		name:     "AssumeRole",
		agent:    "ec2.amazonaws.com",
		caller:   service("ec2.amazonaws.com"),
		readOnly: true,
		params:   `{"roleArn":"arn:aws:iam::444455556666:role/App","roleSessionName":"i-0%[1]s"}`,
		response: `{"credentials":{"accessKeyId":"ASIAIOSFODNN7EXAMPLE","sessionToken":"IQoJb3JpZ2luX2VjEXAMPLETOKEN%[1]s","expiration":"Nov 20, 2026, 3:12:18 PM"}}`,
	},
	{
		share:    170,
		source:   "ec2",
		name:     "DescribeInstances",
		agent:    sdk,
		caller:   role("App", "i-0"),
		readOnly: true,
		params:   `{"instancesSet":{},"filterSet":{"items":[{"name":"tag:Name","valueSet":{"items":[{"value":"web-%[1]s"}]}}]}}`,
	},
	{
		share:    120,
		source:   "kms",
		name:     "Decrypt",
		agent:    sdk,
		caller:   role("App", "i-0"),
		readOnly: true,
		params:   `{"encryptionContext":{"aws:secretsmanager:arn":"arn:aws:secretsmanager:ap-northeast-1:444455556666:secret:app-%[1]s"},"encryptionAlgorithm":"SYMMETRIC_DEFAULT"}`,
		more:     `"resources":[{"accountId":"444455556666","type":"AWS::KMS::Key","ARN":"arn:aws:kms:ap-northeast-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"}],`,
	},
	{
		share:    120,
		source:   "logs",
		name:     "DescribeLogStreams",
		agent:    sdk,
		caller:   role("Exporter", "task-"),
		readOnly: true,
		params:   `{"logGroupName":"/app/%[1]s","limit":50}`,
	},
	{
		share:    90,
		source:   "secretsmanager",
		name:     "GetSecretValue",
		agent:    sdk,
		caller:   role("App", "i-0"),
		readOnly: true,
		params:   `{"secretId":"app-%[1]s"}`,
	},
	{
		share:  80,
		source: "ssm",
		name:   "UpdateInstanceInformation",
		agent:  "aws-sdk-go/1.55.5 (go1.22.8; linux; amd64) amazon-ssm-agent/",
		caller: role("App", "i-0"),
		params: `{"instanceId":"i-0%[1]s","agentVersion":"3.3.1611.0","agentStatus":"Active","platformType":"Linux","platformName":"Amazon Linux","platformVersion":"2023","iPAddress":"10.0.3.17"}`,
	},
	{
		share:    70,
		source:   "s3",
		name:     "GetBucketEncryption",
		agent:    "config.amazonaws.com",
		caller:   linked("config.amazonaws.com", "AWSServiceRoleForConfig"),
		readOnly: true,
		params:   `{"bucketName":"data-%[1]s","Host":"data-%[1]s.s3.ap-northeast-1.amazonaws.com","encryption":""}`,
	},
	{
		share:  60,
		source: "monitoring",
		name:   "PutMetricAlarm",
		agent:  sdk,
		caller: role("Pipeline", "build-"),
		params: `{"alarmName":"cpu-%[1]s","metricName":"CPUUtilization","namespace":"AWS/EC2","period":300,"evaluationPeriods":2,"threshold":80,"comparisonOperator":"GreaterThanThreshold"}`,
	},
	{
		share:    30,
		source:   "ec2",
		name:     "RunInstances",
		agent:    sdk,
		caller:   role("Pipeline", "build-"),
		params:   `{"instancesSet":{"items":[{"imageId":"ami-0%[1]s","minCount":1,"maxCount":1}]},"instanceType":"t3.small","tagSpecificationSet":{"items":[{"resourceType":"instance","tags":[{"key":"Project","value":"shop"}]}]}}`,
		response: `{"requestId":"00000000","reservationId":"r-0%[1]s","instancesSet":{"items":[{"instanceId":"i-0%[1]s","imageId":"ami-0%[1]s","instanceState":{"code":0,"name":"pending"},"privateDnsName":"ip-10-0-3-17.ap-northeast-1.compute.internal","instanceType":"t3.small","placement":{"availabilityZone":"ap-northeast-1a","tenancy":"default"},"monitoring":{"state":"pending"},"subnetId":"subnet-0%[1]s","vpcId":"vpc-0%[1]s","privateIpAddress":"10.0.3.17"}]}}`,
	},
	{
		share:    20,
		source:   "iam",
		name:     "GetRole",
		agent:    console,
		caller:   person,
		readOnly: true,
		params:   `{"roleName":"App%[1]s"}`,
	},
	{share: 20, source: "iam", name: "AttachRolePolicy", agent: cli, caller: role("Pipeline", "build-"),
		params: `{"roleName":"App","policyArn":"arn:aws:iam::aws:policy/ReadOnlyAccess"}`},
	{
		share:    15,
		source:   "ssm",
		name:     "StartSession",
		agent:    cli,
		caller:   role("SupportEngineer", "alice"),
		params:   `{"target":"i-0aaaaaaaaaaaaaaaa"}`,
		response: `{"sessionId":"alice-0%[1]s","tokenValue":"HIDDEN_DUE_TO_SECURITY_REASONS","streamUrl":"wss://ssmmessages.ap-northeast-1.amazonaws.com/v1/data-channel/alice-0%[1]s"}`,
	},
	{
		share:  10,
		source: "ssm",
		name:   "SendCommand",
		agent:  sdk,
		caller: role("PatchAutomation", "nightly"),
		params: `{"documentName":"AWS-RunPatchBaseline","instanceIds":["i-0aaaaaaaaaaaaaaaa"],"parameters":"HIDDEN_DUE_TO_SECURITY_REASONS"}`,
	},
	{
		share:    15,
		source:   "s3",
		name:     "ListBuckets",
		agent:    console,
		caller:   person,
		readOnly: true,
		params:   `null`,
		more:     `"errorCode":"AccessDenied","errorMessage":"User is not authorized to perform: s3:ListAllMyBuckets because no identity-based policy allows it",`,
	},
}

func role(name, session string) func(*rand.Rand, string) string {
	return func(r *rand.Rand, account string) string {
		sess := session
		if strings.HasSuffix(session, "-") || strings.HasSuffix(session, "0") {
			sess += fmt.Sprintf("%08x", r.Intn(500))
		}
		return fmt.Sprintf(
			`{"type":"AssumedRole","principalId":"AROAEXAMPLE:%[1]s","arn":"arn:aws:sts::%[2]s:assumed-role/%[3]s/%[1]s","accountId":"%[2]s",`+
				`"accessKeyId":"ASIAIOSFODNN7EXAMPLE","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROAEXAMPLE","arn":"arn:aws:iam::%[2]s:role/%[3]s",`+
				`"accountId":"%[2]s","userName":"%[3]s"},"webIdFederationData":{},"attributes":{"creationDate":"2026-11-20T08:00:00Z","mfaAuthenticated":"false"}}}`,
			sess,
			account,
			name,
		)
	}
}

func linked(by, name string) func(*rand.Rand, string) string {
	return func(_ *rand.Rand, account string) string {
		return fmt.Sprintf(
			`{"type":"AssumedRole","principalId":"AROAEXAMPLE:%[1]s","arn":"arn:aws:sts::%[2]s:assumed-role/%[3]s/%[3]s","accountId":"%[2]s",`+
				`"sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROAEXAMPLE","arn":"arn:aws:iam::%[2]s:role/aws-service-role/%[1]s/%[3]s",`+
				`"accountId":"%[2]s","userName":"%[3]s"},"attributes":{"creationDate":"2026-11-20T08:00:00Z","mfaAuthenticated":"false"}},"invokedBy":"%[1]s"}`,
			by,
			account,
			name,
		)
	}
}

func service(name string) func(*rand.Rand, string) string {
	return func(*rand.Rand, string) string { return `{"type":"AWSService","invokedBy":"` + name + `"}` }
}

func person(r *rand.Rand, account string) string {
	name := []string{"alice", "bob", "carol", "dave"}[r.Intn(4)]
	return fmt.Sprintf(
		`{"type":"IAMUser","principalId":"AIDAEXAMPLE","arn":"arn:aws:iam::%[1]s:user/%[2]s","accountId":"%[1]s","accessKeyId":"ASIAIOSFODNN7EXAMPLE",`+
			`"userName":"%[2]s","sessionContext":{"attributes":{"creationDate":"2026-11-20T08:00:00Z","mfaAuthenticated":"true"}}}`,
		account,
		name,
	)
}

// write writes the records of a month below dir, in the folders in which CloudTrail delivers them, and gives the
// bytes of the files.
func write(dir string, events int) (int64, error) {
	r := rand.New(rand.NewSource(1))
	begin := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	var bytes int64
	for from := 0; from < events; from += perFile {
		at := begin.Add(time.Duration(float64(from) / float64(events) * float64(30*24*time.Hour)))
		account := accounts[from/perFile%len(accounts)]
		folder := filepath.Join(
			dir,
			"AWSLogs",
			account,
			"CloudTrail",
			"ap-northeast-1",
			at.Format("2006"),
			at.Format("01"),
			at.Format("02"),
		)
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return 0, err
		}
		name := fmt.Sprintf(
			"%s_CloudTrail_ap-northeast-1_%s_%08d.json.gz",
			account,
			at.Format("20060102T1504Z"),
			from/perFile,
		)
		n, err := writeFile(filepath.Join(folder, name), r, account, at, from, min(perFile, events-from))
		if err != nil {
			return 0, err
		}
		bytes += n
	}
	return bytes, nil
}

func writeFile(name string, r *rand.Rand, account string, at time.Time, from, count int) (int64, error) {
	file, err := os.Create(name)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	packed, err := gzip.NewWriterLevel(file, gzip.BestSpeed)
	if err != nil {
		return 0, err
	}
	out := bufio.NewWriterSize(packed, 1<<16)
	_, _ = out.WriteString(`{"Records":[`)
	for i := range count {
		if i > 0 {
			_ = out.WriteByte(',')
		}
		record(out, r, account, at.Add(time.Duration(i)*time.Millisecond), from+i)
	}
	_, _ = out.WriteString("]}")
	if err := out.Flush(); err != nil {
		return 0, err
	}
	if err := packed.Close(); err != nil {
		return 0, err
	}
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func record(out io.Writer, r *rand.Rand, account string, at time.Time, number int) {
	pick, k := r.Intn(1000), &kinds[len(kinds)-1]
	for i := range kinds {
		if pick -= kinds[i].share; pick < 0 {
			k = &kinds[i]
			break
		}
	}
	some := fmt.Sprintf("%016x", r.Intn(100_000))
	response := "null"
	if k.response != "" {
		response = strings.ReplaceAll(k.response, "%[1]s", some)
	}
	fmt.Fprintf(
		out,
		`{"eventVersion":"1.11","userIdentity":%s,"eventTime":"%s","eventSource":"%s.amazonaws.com","eventName":"%s","awsRegion":"ap-northeast-1",`+
			`"sourceIPAddress":"198.51.100.%d","userAgent":"%s","requestParameters":%s,"responseElements":%s,%s"requestID":"%08x-0000-4000-8000-%012x",`+
			`"eventID":"%08x-5eed-4000-8000-%012x","readOnly":%t,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"%s","eventCategory":"Management",`+
			`"tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"%s.ap-northeast-1.amazonaws.com"}}`,
		k.caller(
			r,
			account,
		),
		at.Format(time.RFC3339),
		k.source,
		k.name,
		r.Intn(200),
		k.agent,
		strings.ReplaceAll(k.params, "%[1]s", some),
		response,
		k.more,
		r.Uint32(),
		number,
		r.Uint32(),
		number,
		k.readOnly,
		account,
		k.source,
	)
}

package awstype

import "aws-access-guardrails/internal/awstype/token"

var ssmDocument = Type{
	Token:     token.SSMDocument,
	ID:        ID{Inputs: []string{"name"}},
	Adopted:   ByAdopt,
	Reflected: []string{"latestVersion", "defaultVersion", "hash", "hashType", "status", "createdDate", "documentVersion", "schemaVersion", "parameters", "description"},
	World:     ReadIntoWorld,
	Guards: []Guard{
		{Component: "guardrails:ssm:SessionPreferences", Path: "guardrails:sessions", Losing: "until it is made again, shells in the Region are those of ssm-user, who has sudo"},
	},
	Calls: read(
		"internal/service/ssm/document.go",
		"0105d219",
		group(
			"ReadDocumentsOfTheStack",
			call(
				looked,
				"ssm:DescribeDocument",
			),
			call(Delete, "ssm:DescribeDocument").when("it was there"),
			call(looked, "ssm:GetDocument"),
			call(looked, "ssm:DescribeDocumentPermission"),
		),
		group(
			"ChangeDocumentsOfTheStack",
			call(
				Create,
				"ssm:CreateDocument",
			),
			call(Create, "ssm:AddTagsToResource").when(ifTagged).handled("aws-ssm-document.json"),
			call(
				Update,
				"ssm:AddTagsToResource",
			).when(ifTagged),
			call(Update, "ssm:RemoveTagsFromResource").when("tags go"),
			call(
				Update,
				"ssm:UpdateDocument",
			).when(ifChanged),
			call(Update, "ssm:UpdateDocumentDefaultVersion").when(ifChanged),
			call(Update, "ssm:ModifyDocumentPermission").when("somebody shared it"),
		),
		group("RemoveDocumentsOfTheStack", call(Delete, "ssm:DeleteDocument")),
		withheld(
			"no stack shares a document",
			call(Create|Delete, "ssm:ModifyDocumentPermission").when("the program shares it"),
		),
	),
}

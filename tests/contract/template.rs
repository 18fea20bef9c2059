//! `template.yaml` routes exactly the operations of the code, each to its function.

use std::collections::BTreeSet;

use e2e::repository;
use serde_yaml_ng::Value;

use crate::openapi::{functions, operations};

fn resources() -> serde_yaml_ng::Mapping {
    let text = std::fs::read_to_string(repository().join("template.yaml")).unwrap();
    let template: Value = serde_yaml_ng::from_str(&text).unwrap();
    template["Resources"].as_mapping().unwrap().clone()
}

/// Every `METHOD /path` that the gateway sends to a function.
fn routes(function: &Value) -> BTreeSet<String> {
    let events = function["Properties"]["Events"].as_mapping().into_iter().flatten();
    let routed = events.filter(|(_, event)| event["Type"] == "Api").map(|(_, event)| {
        let text = |name| event["Properties"][name].as_str().unwrap_or_default().to_owned();
        format!("{} {}", text("Method").to_uppercase(), text("Path"))
    });
    routed.collect()
}

#[test]
fn every_operation_has_a_route_and_every_route_an_operation() {
    let resources = resources();
    let mut routed_to = BTreeSet::new();
    for (name, api) in functions() {
        let function = resources.get(name).unwrap_or_else(|| panic!("the template has no {name}"));
        let api = serde_json::to_value(api).unwrap();
        assert_eq!(routes(function), operations(&api), "the routes and the operations of {name}");
        routed_to.insert(name);
    }
    for (name, resource) in &resources {
        let name = name.as_str().unwrap();
        assert!(
            routed_to.contains(name) || routes(resource).is_empty(),
            "{name} has routes but no description"
        );
    }
}

#[test]
fn no_route_answers_any_method() {
    for (name, resource) in &resources() {
        assert!(routes(resource).iter().all(|route| !route.starts_with("ANY")), "{name:?}");
    }
}

/// An account has each name of a schedule once in a region, and the deployment's role may use those that begin with the stack's.
#[test]
fn schedules_are_named_by_cloudformation() {
    let mut schedules = 0;
    for (name, resource) in &resources() {
        if resource["Type"] == "AWS::Scheduler::Schedule" {
            assert!(resource["Properties"]["Name"].is_null(), "{name:?}");
            schedules += 1;
        }
        let events = resource["Properties"]["Events"].as_mapping().into_iter().flatten();
        for (event, schedule) in events.filter(|(_, event)| event["Type"] == "ScheduleV2") {
            // Without this, SAM gives it a name made of the function's and the event's.
            let omits_name = schedule["Properties"]["OmitName"].as_bool();
            assert_eq!(omits_name, Some(true), "{event:?} of {name:?}");
            schedules += 1;
        }
    }
    assert!(schedules > 0, "the schedules were found");
}

/// By its tag the deployment's role of another stack knows that a key is not its own: see `infra/pipeline`.
#[test]
fn keys_are_tagged_with_their_stack() {
    let keys = resources().into_iter().filter(|(_, resource)| resource["Type"] == "AWS::KMS::Key");
    let tags: Vec<Value> = keys.map(|(_, key)| key["Properties"]["Tags"][0].clone()).collect();
    assert!(!tags.is_empty() && tags.iter().all(|tag| tag["Key"] == "stack"), "{tags:?}");
}

#[test]
fn whatever_is_counted_in_the_logs_sets_off_an_alarm() {
    let named = |kind: &str, metric: fn(&Value) -> &Value| -> BTreeSet<String> {
        let resources = resources().into_iter().filter(|(_, resource)| resource["Type"] == kind);
        resources
            .map(|(_, resource)| metric(&resource["Properties"]).as_str().unwrap_or_default().to_owned())
            .collect()
    };
    let counted = named("AWS::Logs::MetricFilter", |of| &of["MetricTransformations"][0]["MetricName"]);
    let watched = named("AWS::CloudWatch::Alarm", |of| &of["MetricName"]);
    assert!(!counted.is_empty() && counted.is_subset(&watched), "{counted:?} {watched:?}");
}

/// The statements of every function's and every role's policies, with the name of their owner.
fn statements() -> Vec<(String, Value)> {
    let mut statements = Vec::new();
    for (name, resource) in &resources() {
        let policies = resource["Properties"]["Policies"].as_sequence().into_iter().flatten();
        for policy in policies {
            // A function's policy is the document itself, a role's has it inside.
            let document = policy.get("PolicyDocument").unwrap_or(policy);
            let all = document["Statement"].as_sequence();
            let all = all.unwrap_or_else(|| panic!("{name:?} has a policy that is not spelt out"));
            for statement in all {
                assert!(statement.is_mapping(), "{name:?} has a statement that depends on something");
                statements.push((name.as_str().unwrap().to_owned(), statement.clone()));
            }
        }
    }
    statements
}

#[test]
fn data_is_granted_by_action_and_by_resource() {
    let statements = statements();
    assert!(statements.len() > functions().len(), "the policies were found");
    for (owner, statement) in statements {
        let actions = serde_yaml_ng::to_string(&statement["Action"]).unwrap();
        assert!(!actions.contains('*'), "{owner} is granted {actions}");
        let about_data = ["dynamodb:", "s3:", "sqs:", "secretsmanager:", "kms:", "ses:"]
            .iter()
            .any(|data| actions.contains(data));
        let everything = match &statement["Resource"] {
            Value::Sequence(resources) => resources.iter().any(|resource| resource == "*"),
            resource => resource == "*",
        };
        assert!(!about_data || !everything, "{owner} is granted {actions} on everything");
    }
}

/// The local cloud does not ask about CloudWatch's actions, so that no end-to-end test can.
#[test]
fn metrics_are_read_by_the_function_that_tells_them() {
    let mut granted: Vec<(String, String)> = Vec::new();
    for (owner, statement) in statements() {
        let actions = match statement["Action"].clone() {
            Value::Sequence(actions) => actions,
            action => vec![action],
        };
        let actions =
            actions.iter().filter_map(Value::as_str).filter(|action| action.starts_with("cloudwatch:"));
        granted.extend(actions.map(|action| (owner.clone(), action.to_owned())));
    }
    let expected = ["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"];
    assert_eq!(granted, expected.map(|action| ("OpsFunction".to_owned(), action.to_owned())));
}

//! Signing in through providers on the deployed stack: a real OpenID provider as Google, and a strict fake of Apple.

use std::sync::{Arc, OnceLock};

use anyhow::Context;
use app_testing::oidc::{FakeApple, Person as Somebody};
use e2e::{Mailbox, OpenIdProvider, Person, Reply, Stack};
use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use serde_json::{Value, json};
use uuid::Uuid;

crate::trials!(
    a_new_person_signs_in_with_google_and_comes_back,
    an_account_is_joined_only_when_both_sides_have_proved_the_address,
    a_sign_in_works_once_and_only_for_whoever_began_it,
    a_linked_account_is_unlinked_but_never_the_last_way_in,
    a_new_person_signs_in_with_apple_through_its_form,
);

const REDIRECT_URI: &str = "http://127.0.0.1:9/google-callback";

static GOOGLE: OnceLock<OpenIdProvider> = OnceLock::new();
static APPLE: OnceLock<FakeApple> = OnceLock::new();

/// Starts the provider and tells the stack about it. Before all tests: functions remember for five minutes what they read.
pub(crate) fn set_up(stack: &Stack) -> anyhow::Result<()> {
    let provider = OpenIdProvider::start(&[REDIRECT_URI])?;
    // What Apple sends the browser to is this stack's, as its settings at Apple would say.
    let apple = FakeApple::start(&stack.url("/auth/apple/callback"));
    let configuration = json!({"apple": apple.settings(&[REDIRECT_URI]), "google": {
        "issuer": provider.issuer, "clientId": provider.client_id, "clientSecret": provider.client_secret,
        "redirectUris": [REDIRECT_URI],
    }});
    APPLE.set(apple).ok().context("Apple is started once")?;
    GOOGLE.set(provider).ok().context("the provider is started once")?;
    let secrets = aws_sdk_secretsmanager::Client::new(&stack.aws());
    let secret = secrets.put_secret_value().secret_id(stack.output("SignInProvidersSecretArn"));
    let written = secret.secret_string(configuration.to_string()).send();
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(written)?;
    Ok(())
}

/// What the browser brings back to the frontend.
struct Returned {
    code: String,
    state: String,
}

async fn returned(person: &Person, address: &str) -> Returned {
    let begun = person.get(&format!("/auth/oauth/google/authorize?redirectUri={REDIRECT_URI}")).await;
    assert_eq!(begun.status, 200, "{}", begun.body);
    let url = begun.body["authorizationUrl"].as_str().unwrap();
    let callback = GOOGLE.get().unwrap().authorize(url, address).await.unwrap();
    assert_eq!(callback.state.as_deref(), begun.body["state"].as_str());
    Returned { code: callback.code.unwrap(), state: callback.state.unwrap() }
}

fn body(returned: &Returned) -> Value {
    json!({"code": returned.code, "state": returned.state, "redirectUri": REDIRECT_URI})
}

async fn sign_in(stack: &Arc<Stack>, address: &str) -> Reply {
    let person = Person::stranger(stack);
    let returned = returned(&person, address).await;
    person.post("/auth/oauth/google", &body(&returned)).await
}

/// An address that its provider speaks for.
fn workspace_address() -> String {
    format!("{}@workspace.example.com", Uuid::new_v4().simple())
}

async fn a_new_person_signs_in_with_google_and_comes_back(stack: Arc<Stack>) {
    let address = workspace_address();
    let first = sign_in(&stack, &address).await;
    assert_eq!((first.status.as_u16(), &first.body["isNewUser"]), (200, &json!(true)), "{}", first.body);
    let user = &first.body["user"];
    assert_eq!(
        [&user["email"], &user["firstName"], &user["isVerified"]],
        [&json!(address), &json!("Ada"), &json!(true)]
    );
    assert_eq!(user["hasPassword"], false);
    let again = sign_in(&stack, &address).await;
    assert_eq!((&again.body["isNewUser"], &again.body["user"]["id"]), (&json!(false), &user["id"]));
    let ada = Person::stranger(&stack).with_token(again.body["accessToken"].as_str().unwrap());
    assert_eq!(ada.get("/auth/identities").await.body["identities"][0]["provider"], "google");
    assert_eq!(ada.get("/memories").await.status, 200);
}

async fn an_account_is_joined_only_when_both_sides_have_proved_the_address(stack: Arc<Stack>) {
    let mut ada = Person::stranger(&stack);
    ada.email = workspace_address();
    let account =
        json!({"email": ada.email, "password": ada.password, "firstName": "Ada", "lastName": "Lovelace"});
    let registered = ada.post("/auth/register", &account).await;
    let early = sign_in(&stack, &ada.email).await;
    assert_eq!((early.status.as_u16(), early.error_type()), (409, &json!("AccountExists")), "{}", early.body);

    let mail = Mailbox::of(&stack).newest_to(&ada.email).await;
    assert_eq!(ada.post("/auth/verify-email", &json!({"token": mail.token()})).await.status, 204);
    let joined = sign_in(&stack, &ada.email).await;
    assert_eq!((joined.status.as_u16(), &joined.body["isNewUser"]), (200, &json!(false)), "{}", joined.body);
    assert_eq!(joined.body["user"]["id"], registered.body["user"]["id"]);

    let unverified = format!("{}.unverified@example.com", Uuid::new_v4().simple());
    let made = sign_in(&stack, &unverified).await;
    assert_eq!(made.body["user"]["isVerified"], false, "what the provider does not vouch for is not proved");
}

async fn a_sign_in_works_once_and_only_for_whoever_began_it(stack: Arc<Stack>) {
    let person = Person::stranger(&stack);
    let (one, two) =
        (returned(&person, &workspace_address()).await, returned(&person, &workspace_address()).await);
    let crossed = json!({"code": one.code, "state": two.state, "redirectUri": REDIRECT_URI});
    let crossed = person.post("/auth/oauth/google", &crossed).await;
    assert_eq!(
        (crossed.status.as_u16(), crossed.error_type()),
        (401, &json!("SignInRefused")),
        "{}",
        crossed.body
    );
    let used = person.post("/auth/oauth/google", &body(&two)).await;
    assert_eq!(used.error_type(), "UnknownState", "a state ends with its first use");

    let three = returned(&person, &workspace_address()).await;
    let elsewhere =
        json!({"code": three.code, "state": three.state, "redirectUri": "http://127.0.0.1:9/elsewhere"});
    assert_eq!(person.post("/auth/oauth/google", &elsewhere).await.status, 422);
    let begun = person.get("/auth/oauth/google/authorize?redirectUri=https://evil.example").await;
    assert_eq!(begun.status, 422);
    assert_eq!(person.get("/auth/oauth/myspace/authorize?redirectUri=x").await.status, 404);
    let bare = json!({"code": three.code, "redirectUri": REDIRECT_URI});
    assert_eq!(person.post("/auth/oauth/google", &bare).await.body["error"]["details"][0]["field"], "state");
}

async fn a_linked_account_is_unlinked_but_never_the_last_way_in(stack: Arc<Stack>) {
    let ada = Person::registered(&stack).await;
    let google = returned(&ada, &workspace_address()).await;
    let linked = ada.post("/auth/oauth/google/link", &body(&google)).await;
    assert_eq!(linked.status, 204, "{}", linked.body);
    let bob = Person::registered(&stack).await;
    assert_eq!(bob.delete("/auth/oauth/google").await.status, 404);
    assert_eq!(ada.delete("/auth/oauth/google").await.status, 204);
    assert_eq!(ada.get("/auth/identities").await.body["identities"], json!([]));

    let only = sign_in(&stack, &workspace_address()).await;
    let only = Person::stranger(&stack).with_token(only.body["accessToken"].as_str().unwrap());
    let last = only.delete("/auth/oauth/google").await;
    assert_eq!((last.status.as_u16(), last.error_type()), (409, &json!("LastWayIn")));
}

async fn a_new_person_signs_in_with_apple_through_its_form(stack: Arc<Stack>) {
    let person = Person::stranger(&stack);
    let (subject, address) = (Uuid::new_v4().to_string(), format!("{}@example.com", Uuid::new_v4().simple()));
    for first in [true, false] {
        let begun = person.get(&format!("/auth/oauth/apple/authorize?redirectUri={REDIRECT_URI}")).await;
        let url: Url = begun.body["authorizationUrl"].as_str().unwrap().parse().unwrap();
        let back = APPLE.get().unwrap().visit(&url, &Somebody::apple(&subject, &address)).unwrap();
        assert_eq!(back.user.is_some(), first, "Apple tells the name once");
        let mut form = vec![("code", back.code), ("state", back.state)];
        form.extend(back.user.map(|user| ("user", user)));
        let browser = Client::builder().redirect(Policy::none()).build().unwrap();
        let onward = browser.post(&back.redirect_uri).form(&form).send().await.unwrap();
        assert_eq!(onward.status(), 303);
        let onward: Url = onward.headers()["location"].to_str().unwrap().parse().unwrap();
        let query: std::collections::HashMap<_, _> = onward.query_pairs().into_owned().collect();
        let body = json!({"code": query["code"], "state": query["state"], "redirectUri": REDIRECT_URI});
        let signed_in = person.post("/auth/oauth/apple", &body).await;
        assert_eq!(
            (signed_in.status.as_u16(), &signed_in.body["isNewUser"]),
            (200, &json!(first)),
            "{}",
            signed_in.body
        );
        let user = &signed_in.body["user"];
        assert_eq!([&user["firstName"], &user["lastName"], &user["email"]], ["Ida", "Blum", &*address]);
    }
}

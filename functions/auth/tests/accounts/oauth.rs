//! Signing in with Google and Apple, played strictly.

use app_domain::Purpose;
use app_testing::oidc::{Callback, Endpoint, FakeApple, FakeGoogle, Fault, Person};
use app_testing::{Call, Reply};
use http::Method;
use serde_json::{Value, json};
use url::Url;

use crate::support::{Auth, PASSWORD, access, ada, auth_with, me};

const REDIRECT: &str = "https://app.example.com/signed-in";
const CALLBACK: &str = "https://api.example.com/api/auth/apple/callback";

/// The function, with both providers.
struct Stage {
    auth: Auth,
    google: FakeGoogle,
    apple: FakeApple,
}

impl Stage {
    async fn new() -> Self {
        let (google, apple) = (FakeGoogle::start(&[REDIRECT]), FakeApple::start(CALLBACK));
        let secret = json!({"google": google.settings(), "apple": apple.settings(&[REDIRECT])}).to_string();
        Self { auth: auth_with("auth=1000/1h", &secret).await, google, apple }
    }

    async fn begin(&self, provider: &str) -> (Url, String) {
        let path = format!("/auth/oauth/{provider}/authorize?redirectUri={REDIRECT}");
        let begun = Call::get(&path).send(&self.auth.app).await;
        assert_eq!(begun.status, 200, "{}", begun.text);
        let (url, state) = (begun.json()["authorizationUrl"].clone(), begun.json()["state"].clone());
        (url.as_str().unwrap().parse().unwrap(), state.as_str().unwrap().to_owned())
    }

    /// What the browser brings back from Google.
    async fn back_from_google(&self, person: &Person) -> Callback {
        let (url, state) = self.begin("google").await;
        let callback = self.google.visit(&url, person).unwrap();
        assert_eq!((callback.redirect_uri.as_str(), &callback.state), (REDIRECT, &state));
        callback
    }

    async fn google(&self, person: &Person) -> Reply {
        let callback = self.back_from_google(person).await;
        self.auth.post("/auth/oauth/google", &body(&callback)).await
    }

    /// Through Apple's form and our callback.
    async fn apple(&self, person: &Person) -> Reply {
        let (url, _) = self.begin("apple").await;
        let callback = self.apple.visit(&url, person).unwrap();
        assert_eq!(callback.redirect_uri, CALLBACK);
        let onward = self.form(&callback).await;
        assert_eq!(onward.status, 303, "{}", onward.text);
        let onward: Url = onward.headers["location"].to_str().unwrap().parse().unwrap();
        let value =
            |wanted: &str| onward.query_pairs().find(|(name, _)| name == wanted).unwrap().1.into_owned();
        assert!(onward.as_str().starts_with(REDIRECT));
        let body = json!({"code": value("code"), "state": value("state"), "redirectUri": REDIRECT});
        self.auth.post("/auth/oauth/apple", &body).await
    }

    async fn form(&self, callback: &Callback) -> Reply {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("code", &callback.code).append_pair("state", &callback.state);
        if let Some(user) = &callback.user {
            form.append_pair("user", user);
        }
        Call::new(Method::POST, "/auth/apple/callback")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.finish())
            .send(&self.auth.app)
            .await
    }
}

fn body(callback: &Callback) -> Value {
    json!({"code": callback.code, "state": callback.state, "redirectUri": REDIRECT})
}

async fn unlink(auth: &Auth, provider: &str, token: &str) -> Reply {
    let path = format!("/auth/oauth/{provider}");
    Call::new(Method::DELETE, &path).as_caller(token).send(&auth.app).await
}

#[tokio::test]
async fn a_new_person_gets_an_account_and_comes_back_to_it() {
    let stage = Stage::new().await;
    let grace = Person::google("g-1", "grace@gmail.com");
    let first = stage.google(&grace).await.json();
    assert_eq!(first["isNewUser"], true, "{first}");
    let user = &first["user"];
    assert_eq!([&user["firstName"], &user["email"]], [&json!("Ada"), &json!("grace@gmail.com")]);
    assert_eq!([&user["isVerified"], &user["hasPassword"]], [true, false]);
    let again = stage.google(&grace).await.json();
    assert_eq!((&again["isNewUser"], &again["user"]["id"]), (&json!(false), &user["id"]));
    assert_eq!(stage.auth.audit(&first).await, ["signedIn", "signedIn", "registered"]);
    assert_eq!(stage.auth.login("grace@gmail.com", PASSWORD).await.status, 401, "there is no password");
}

#[tokio::test]
async fn apple_tells_the_name_once_and_it_is_kept() {
    let stage = Stage::new().await;
    let ida = Person::apple("a-1", "x7@privaterelay.appleid.com");
    let first = stage.apple(&ida).await.json();
    assert_eq!(first["isNewUser"], true, "{first}");
    assert_eq!([&first["user"]["firstName"], &first["user"]["lastName"]], ["Ida", "Blum"]);
    assert_eq!(first["user"]["email"], "x7@privaterelay.appleid.com");
    let again = stage.apple(&ida).await.json();
    assert_eq!((&again["isNewUser"], &again["user"]["id"]), (&json!(false), &first["user"]["id"]));
}

#[tokio::test]
async fn an_account_is_joined_only_if_both_sides_have_proved_the_address() {
    let stage = Stage::new().await;
    let account = stage.auth.register(&ada()).await.json();
    let (good, workspace) = (Person::google("g-1", "ada@example.com"), json!({"hd": "example.com"}));
    assert_eq!(
        stage.google(&good.clone().with(workspace.clone())).await.error_type(),
        "AccountExists",
        "not proved here"
    );
    let token = stage.auth.mailed_token(&account, Purpose::VerifyEmail).await;
    assert_eq!(stage.auth.post("/auth/verify-email", &json!({"token": token})).await.status, 204);
    assert_eq!(
        stage.google(&good).await.error_type(),
        "AccountExists",
        "Google does not speak for example.com"
    );
    let unproved = good.clone().with(workspace.clone()).with(json!({"email_verified": false}));
    assert_eq!(stage.google(&unproved).await.error_type(), "AccountExists", "not proved there");
    let joined = stage.google(&good.with(workspace)).await.json();
    assert_eq!((&joined["isNewUser"], &joined["user"]["id"]), (&json!(false), &account["user"]["id"]));
    assert_eq!(stage.auth.audit(&account).await[1], "identityLinked");
}

#[tokio::test]
async fn the_same_address_with_another_subject_is_somebody_else() {
    let stage = Stage::new().await;
    let first = stage.google(&Person::google("g-1", "grace@gmail.com")).await.json();
    let other = stage.google(&Person::google("g-2", "grace@gmail.com")).await;
    assert_eq!(other.error_type(), "LinkedToAnother", "{first}");
}

#[tokio::test]
async fn states_codes_and_redirects_must_belong_together() {
    let stage = Stage::new().await;
    let grace = Person::google("g-1", "grace@gmail.com");
    let post = async |body: Value| stage.auth.post("/auth/oauth/google", &body).await;
    let (one, two) = (stage.back_from_google(&grace).await, stage.back_from_google(&grace).await);
    let crossed = json!({"code": one.code, "state": two.state, "redirectUri": REDIRECT});
    assert_eq!(post(crossed).await.error_type(), "SignInRefused");
    assert_eq!(post(body(&two)).await.error_type(), "UnknownState", "a state works once");
    let three = stage.back_from_google(&grace).await;
    assert_eq!(post(body(&three)).await.status, 200);
    assert_eq!(post(body(&three)).await.error_type(), "UnknownState");
    let four = stage.back_from_google(&grace).await;
    let apples = stage.auth.post("/auth/oauth/apple", &body(&four)).await;
    assert_eq!(apples.error_type(), "UnknownState", "begun with another provider");
    let made_up = json!({"code": "x", "state": "made-up", "redirectUri": REDIRECT});
    assert_eq!(post(made_up).await.error_type(), "UnknownState");
    let elsewhere = json!({"code": "x", "state": "y", "redirectUri": "https://evil.example/"});
    assert_eq!(post(elsewhere).await.wrong_fields(), ["redirectUri"]);
    assert_eq!(post(json!({"code": "x", "redirectUri": REDIRECT})).await.wrong_fields(), ["state"]);
    let short = json!({"code": "x", "redirectUri": REDIRECT, "codeVerifier": "short", "nonce": "n"});
    assert_eq!(post(short).await.wrong_fields(), ["codeVerifier"]);
    let nowhere = Call::get("/auth/oauth/google/authorize?redirectUri=https://evil.example/");
    assert_eq!(nowhere.send(&stage.auth.app).await.wrong_fields(), ["redirectUri"]);
}

#[tokio::test]
async fn a_client_that_began_by_itself_brings_verifier_and_nonce() {
    let stage = Stage::new().await;
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let (mut url, _) = stage.begin("google").await;
    let others: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| !["nonce", "code_challenge"].contains(&name.as_ref()))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    url.query_pairs_mut()
        .clear()
        .extend_pairs(others)
        .append_pair("nonce", "my-nonce")
        .append_pair("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    for (nonce, outcome) in [("another", json!("InvalidIdToken")), ("my-nonce", Value::Null)] {
        let callback = stage.google.visit(&url, &Person::google("g-1", "grace@gmail.com")).unwrap();
        let body =
            json!({"code": callback.code, "redirectUri": REDIRECT, "codeVerifier": verifier, "nonce": nonce});
        assert_eq!(stage.auth.post("/auth/oauth/google", &body).await.error_type(), outcome, "{nonce}");
    }
}

#[tokio::test]
async fn the_last_way_in_cannot_be_removed() {
    let stage = Stage::new().await;
    let grace = stage.google(&Person::google("g-1", "grace@gmail.com")).await.json();
    assert_eq!(unlink(&stage.auth, "google", access(&grace)).await.error_type(), "LastWayIn");
    assert_eq!(unlink(&stage.auth, "apple", access(&grace)).await.status, 404);
    let token = stage.auth.mailed_token(&grace, Purpose::ResetPassword).await;
    let reset = json!({"token": token, "password": PASSWORD});
    assert_eq!(stage.auth.post("/auth/password/reset", &reset).await.status, 204);
    let grace = stage.auth.login("grace@gmail.com", PASSWORD).await.json();
    assert_eq!(unlink(&stage.auth, "google", access(&grace)).await.status, 204);
    assert_eq!(me(&stage.auth.app, access(&grace)).await.status, 200);
    assert_eq!(stage.google(&Person::google("g-1", "grace@gmail.com")).await.json()["isNewUser"], false);
}

#[tokio::test]
async fn of_two_ways_in_removed_at_once_one_stays() {
    let stage = Stage::new().await;
    let ida = stage.apple(&Person::apple("a-1", "ida@example.com")).await.json();
    let callback = stage.back_from_google(&Person::google("g-1", "other@gmail.com")).await;
    let link = Call::post("/auth/oauth/google/link", &body(&callback)).as_caller(access(&ida));
    assert_eq!(link.send(&stage.auth.app).await.status, 204);
    let (one, two) =
        tokio::join!(unlink(&stage.auth, "google", access(&ida)), unlink(&stage.auth, "apple", access(&ida)));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409]);
}

#[tokio::test]
async fn apple_is_told_when_a_person_leaves() {
    let stage = Stage::new().await;
    stage.auth.register(&ada()).await;
    let account = stage.auth.login("ada1815", PASSWORD).await.json();
    let (url, _) = stage.begin("apple").await;
    let callback = stage.apple.visit(&url, &Person::apple("a-1", "ida@example.com")).unwrap();
    stage.form(&callback).await;
    let link = Call::post("/auth/oauth/apple/link", &body(&callback)).as_caller(access(&account));
    let linked = link.send(&stage.auth.app).await;
    assert_eq!(linked.status, 204, "{}", linked.text);
    assert_eq!(stage.apple.calls(Endpoint::Revocation), 0);
    assert_eq!(unlink(&stage.auth, "apple", access(&account)).await.status, 204);
    assert_eq!(stage.apple.calls(Endpoint::Revocation), 1, "with the token that was kept sealed");
}

#[tokio::test]
async fn an_identity_is_one_persons() {
    let stage = Stage::new().await;
    let grace = Person::google("g-1", "grace@gmail.com");
    stage.google(&grace).await;
    let account = stage.auth.register(&ada()).await.json();
    let callback = stage.back_from_google(&grace).await;
    let link = Call::post("/auth/oauth/google/link", &body(&callback)).as_caller(access(&account));
    assert_eq!(link.send(&stage.auth.app).await.error_type(), "IdentityTaken");
}

#[tokio::test]
async fn a_provider_that_is_down_is_our_503_and_nobodys_failure() {
    let stage = Stage::new().await;
    let callback = stage.back_from_google(&Person::google("g-1", "grace@gmail.com")).await;
    stage.google.fail(Endpoint::Token, Fault::Status(503));
    let reply = stage.auth.post("/auth/oauth/google", &body(&callback)).await;
    assert_eq!((reply.status.as_u16(), reply.error_type()), (503, json!("Unavailable")));
}

#[tokio::test]
async fn apples_form_must_come_from_a_sign_in_that_was_begun_here() {
    let stage = Stage::new().await;
    let (_, google_state) = stage.begin("google").await;
    for state in ["made-up", &google_state] {
        let callback = Callback {
            redirect_uri: CALLBACK.to_owned(),
            code: "c".to_owned(),
            state: state.to_owned(),
            user: None,
        };
        assert_eq!(stage.form(&callback).await.error_type(), "UnknownState");
    }
    let json = Call::post("/auth/apple/callback", &json!({})).send(&stage.auth.app).await;
    assert_eq!(json.status, 415);
    let (_, state) = stage.begin("apple").await;
    let cancelled = Call::new(Method::POST, "/auth/apple/callback")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("state={state}&error=user_cancelled_authorize"))
        .send(&stage.auth.app)
        .await;
    let location = cancelled.headers["location"].to_str().unwrap();
    assert!(
        location.contains("error=user_cancelled_authorize") && location.starts_with(REDIRECT),
        "{location}"
    );
}

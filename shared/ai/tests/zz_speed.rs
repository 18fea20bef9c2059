use app_ai::*; use app_domain::*; use std::time::Instant;
#[test]
fn speed() {
    let v: Vec<serde_json::Value> = serde_json::from_str(include_str!("data/memories.json")).unwrap();
    let texts: Vec<&str> = v.iter().map(|m| m["text"].as_str().unwrap()).collect();
    let mut seed = 12345u64; let mut rnd = move || { seed ^= seed << 13; seed ^= seed >> 7; seed ^= seed << 17; seed as usize };
    let syl = ["ka","lo","ri","men","sta","ver","ing","ton","al","pra","du","schi","ber","ela","no"];
    let mut pool: Vec<String> = texts.iter().flat_map(|t| t.split(' ')).map(str::to_owned).collect();
    for _ in 0..15000 { let n = 2 + rnd() % 3; pool.push((0..n).map(|_| syl[rnd() % syl.len()]).collect()); }
    for mode in ["english-ish", "real"] {
    let docs: Vec<Document> = (0..2000).map(|i| {
        let mut text = String::new();
        while text.len() < 500 {
            if mode == "real" { text.push_str(texts[rnd() % texts.len()]); text.push(' '); }
            else { for _ in 0..4 { text.push_str(["the","and","of","was","in","it","with","a"][rnd()%8]); text.push(' '); text.push_str(&pool[rnd() % pool.len()]); text.push(' '); } if rnd() % 4 == 0 { text.push_str(". "); } }
        }
        let at = Timestamp::from_millis(1_700_000_000_000 + i).unwrap();
        Document { id: MemoryId::new(at), title: pool[rnd() % pool.len()].clone(), text, tags: vec!["tag".into()], saved_at: at }
    }).collect();
    let bytes: usize = docs.iter().map(|d| d.text.len()).sum();
    for _ in 0..std::env::var("REPS").map_or(5, |r| r.parse().unwrap()) {
        let t = Instant::now(); let hits = Retriever.rank("When is my dentist appointment with Doctor Weber?", &docs); let a = t.elapsed();
        let req = ChatRequest { question: "When is my dentist appointment with Doctor Weber?".into(), documents: docs.clone(), focus: None };
        let t = Instant::now(); let ans = BuiltIn.reply(&req); 
        eprintln!("{mode} {bytes} rank {:?} reply {:?} hits {} cites {}", a, t.elapsed(), hits.len(), ans.citations.len());
    }
    let req = ChatRequest { question: "dentist ".repeat(1300), documents: docs.clone(), focus: None };
    let t = Instant::now(); BuiltIn.reply(&req); eprintln!("10k question {:?}", t.elapsed());
    }
    if std::env::var("HOSTILE").is_err() { return; }
    let t = Instant::now(); let _ = BuiltIn.vector("hello world"); eprintln!("vector {:?}", t.elapsed());
    let at = Timestamp::from_millis(1_700_000_000_000).unwrap();
    for (n, text) in [("words", "the quick dentist jumped over it. ".repeat(3000)), ("noend", "x".repeat(100_000)), ("marks", "e\u{301}".repeat(50_000)), ("cjk", "停".repeat(33_000)), ("thai", "ก".repeat(33_000)), ("nl", "a\n".repeat(50_000)), ("dots", ". ".repeat(50_000)), ("zw", "\u{200b}".repeat(33_000)), ("arab", "\u{fdfa}".repeat(33_000)), ("hyph", "a-".repeat(50_000)), ("emoji", "👩‍👩‍👧".repeat(5000)), ("rtl", "שלום עולם ".repeat(5000)), ("hira", "の".repeat(33000)), ("abbr", "Dr. A ".repeat(16000))] {
        let docs: Vec<Document> = (0..20).map(|_| Document { id: MemoryId::new(at), title: "dentist".into(), text: text.clone(), tags: vec![], saved_at: at }).collect();
        let t = Instant::now(); let a = BuiltIn.reply(&ChatRequest { question: "dentist jumped".into(), documents: docs, focus: None });
        eprintln!("hostile {n} {:?} {} {}", t.elapsed(), a.response.len(), a.citations.len());
    }
}

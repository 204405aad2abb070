//! Every way to write an address that must not be reached, as far as we know them.

use aureole::outbound::FetchError;

use crate::harness::{Trap, get, outbound};

/// Hosts of a URL. Most lead to this machine, where the trap is.
const REFUSED: [&str; 104] = [
    // This machine, in every notation that browsers and C libraries know.
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "127.255.255.254",
    "127.000.000.001",
    "2130706433",
    "0x7f000001",
    "0x7F.0.0.1",
    "0x7f.1",
    "0x7f.0x0.0x0.0x1",
    "0177.0.0.1",
    "017700000001",
    "0177.0x0.1",
    "00000000177.1",
    "0x000000007f.1",
    "%31%32%37.0.0.1",
    "１２７.０.０.１",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "127．0．0．1",
    "0",
    "0.0.0.0",
    "0x0",
    "00",
    "0.0.0.1",
    "0.255.255.255",
    // Private networks.
    "10.0.0.1",
    "10.255.255.255",
    "167772161",
    "0xa.1",
    "012.1",
    "172.16.0.1",
    "172.31.255.255",
    "0xac100001",
    "192.168.0.1",
    "192.168.257",
    "192.11010049",
    "0xc0a80001",
    "0300.0250.0.1",
    // Where clouds keep their metadata.
    "169.254.169.254",
    "169.254.169.254.",
    "2852039166",
    "0xa9fea9fe",
    "0xA9.0xFE.0xA9.0xFE",
    "0251.0376.0251.0376",
    "169.254.43518",
    "169.16689662",
    "169.254.170.2",
    "100.100.100.200",
    "192.0.0.192",
    "168.63.129.16",
    "[fd00:ec2::254]",
    "[fd20:ce::254]",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:a9fe:a9fe::]",
    // Networks with another purpose.
    "100.64.0.1",
    "100.127.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "4294967295",
    // IPv6's own.
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[0000::0001]",
    "[fc00::1]",
    "[fdff::1]",
    "[fe80::1]",
    "[febf::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[ff05::1:3]",
    "[100::1]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[2001:2::1]",
    "[5f00::1]",
    // IPv4 inside IPv6.
    "[::127.0.0.1]",
    "[::7f00:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:7f00:1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::7f00:1]",
    "[64:ff9b:1:7f00:0:100::]",
    "[2002:7f00:1::1]",
    "[2001:0:7f00:1::1]",
    "[2001:0:808:808::80ff:fffe]",
    "[2a00:1450:4001:1:0:5efe:7f00:1]",
    "[2a00:1450:4001:1:200:5efe:10.0.0.1]",
    "[::ffff:10.0.0.1]",
    "[2002:c0a8:1::]",
];

#[tokio::test]
async fn no_form_of_a_private_address_is_reached() {
    let trap = Trap::everywhere();
    let outbound = outbound("", &Default::default());
    for host in REFUSED {
        let url = format!("http://{host}:{}/", trap.port());
        let answer = get(&outbound, &url).await;
        assert!(matches!(answer, Err(FetchError::Refused)), "{host}: {answer:?}");
        assert_eq!(trap.count(), 0, "{host} was reached");
    }
}

#[tokio::test]
async fn https_is_no_way_around() {
    let trap = Trap::everywhere();
    let outbound = outbound("", &Default::default());
    for host in ["127.0.0.1", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"] {
        let answer = get(&outbound, &format!("https://{host}:{}/", trap.port())).await;
        assert!(matches!(answer, Err(FetchError::Refused)), "{host}: {answer:?}");
    }
    assert_eq!(trap.count(), 0);
}

#[tokio::test]
async fn what_only_looks_like_another_host_is_not_reached() {
    let trap = Trap::everywhere();
    let outbound = outbound("", &Default::default());
    let port = trap.port();
    for url in [
        format!(r"http://127.0.0.1:{port}\@public.example/"),
        format!("http://127.0.0.1:{port}#@public.example/"),
        format!("http://127.0.0.1:{port}?@public.example/"),
        format!("http:127.0.0.1:{port}/"),
        format!("http:/127.0.0.1:{port}/"),
        format!("http:////127.0.0.1:{port}/"),
        format!("ht\ntp://127.0\n.0.1:{port}/"),
        format!("  http://127.0.0.1:{port}/  "),
    ] {
        let answer = get(&outbound, &url).await;
        assert!(matches!(answer, Err(FetchError::Refused)), "{url:?}: {answer:?}");
    }
    assert_eq!(trap.count(), 0);
}

/// Although everything on this machine is allowed.
#[tokio::test]
async fn only_http_without_credentials_goes_out() {
    let trap = Trap::everywhere();
    let outbound = outbound("0.0.0.0/0,::/0", &Default::default());
    let port = trap.port();
    for url in [
        format!("ftp://127.0.0.1:{port}/"),
        format!("gopher://127.0.0.1:{port}/x"),
        format!("ws://127.0.0.1:{port}/"),
        format!("unix://127.0.0.1:{port}/"),
        "file:///etc/passwd".to_owned(),
        "data:text/plain,x".to_owned(),
        format!("http://user@127.0.0.1:{port}/"),
        format!("http://:password@127.0.0.1:{port}/"),
        format!("http://public.example@127.0.0.1:{port}/"),
        format!("//127.0.0.1:{port}/"),
        format!("127.0.0.1:{port}/"),
        "http://".to_owned(),
        "http://[::1%25lo]/".to_owned(),
        "http://256.256.256.256/".to_owned(),
        String::new(),
    ] {
        let answer = get(&outbound, &url).await;
        assert!(matches!(answer, Err(FetchError::BadRequest(_))), "{url}: {answer:?}");
    }
    assert_eq!(trap.count(), 0);
}

//! A chain of certificates like that of an AWS endpoint, and functions that trust it.
//!
//! Functions trust the roots that are in them and no others, and no variable changes that. So a copy of the function is made in which the bytes of one of
//! these roots are those of ours: a certificate of the same kind, padded to the same length. The code is what ships.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, ensure};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256,
    RsaKeySize,
};
use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

const AMAZON_ROOTS: &[u8] = include_bytes!("../../../../shared/runtime/src/amazon-roots.pem");
const END: &[u8] = b"-----END CERTIFICATE-----\n";

/// A root, an authority below it and the certificate of `localhost`, each with an RSA key of 2048 bits, as AWS has them.
pub(crate) struct Chain {
    root_pem: String,
    served: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl Chain {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let new_key = || KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048);
        let authority = |name: &str| {
            let mut params = CertificateParams::default();
            params.distinguished_name.push(DnType::CommonName, name);
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
            params.use_authority_key_identifier_extension = true;
            params
        };
        let (root_key, issuing_key, key) = (new_key()?, new_key()?, new_key()?);
        let root_params = authority("Root of the benchmark");
        let root = root_params.self_signed(&root_key)?;
        let root_issuer = Issuer::new(root_params, root_key);
        let issuing_params = authority("Issuing authority of the benchmark");
        let issuing = issuing_params.signed_by(&issuing_key, &root_issuer)?;
        let issuer = Issuer::new(issuing_params, issuing_key);
        let mut leaf = CertificateParams::new(["localhost".to_owned()])?;
        leaf.use_authority_key_identifier_extension = true;
        let leaf = leaf.signed_by(&key, &issuer)?;
        let key = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
        Ok(Self { root_pem: root.pem(), served: vec![leaf.der().clone(), issuing.der().clone()], key })
    }

    /// What a server shows.
    pub(crate) fn acceptor(&self) -> anyhow::Result<TlsAcceptor> {
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(self.served.clone(), self.key.clone_key())?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    /// The root as a file, for those who can be told about it.
    pub(crate) fn root(&self, folder: &Path) -> anyhow::Result<PathBuf> {
        let file = folder.join("root.pem");
        std::fs::write(&file, &self.root_pem)?;
        Ok(file)
    }

    /// A copy of a function with our root in the place of the first of Amazon's.
    pub(crate) fn trusted_by(&self, binary: &Path, folder: &Path) -> anyhow::Result<PathBuf> {
        let mut bytes = std::fs::read(binary).with_context(|| format!("no {}", binary.display()))?;
        let first = memchr::memmem::find(AMAZON_ROOTS, END).context("a certificate")? + END.len();
        let ours = self.root_pem.replace('\r', "");
        ensure!(ours.len() <= first, "our root is too long");
        let places: Vec<usize> = memchr::memmem::find_iter(&bytes, AMAZON_ROOTS).collect();
        let [place] = places[..] else {
            anyhow::bail!("{} does not have Amazon's roots once", binary.display());
        };
        bytes[place..place + first].fill(b'\n');
        bytes[place..place + ours.len()].copy_from_slice(ours.as_bytes());
        let copy = folder.join(binary.file_name().context("a name")?);
        // Copied first: the copy may be executed like the binary.
        std::fs::copy(binary, &copy)?;
        std::fs::write(&copy, bytes)?;
        Ok(copy)
    }
}

/// Hands on what comes by TLS.
pub(crate) async fn terminate(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    to: SocketAddr,
    connected: impl Fn(),
) -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    loop {
        let (connection, _) = listener.accept().await?;
        connection.set_nodelay(true)?;
        connected();
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            let mut inside = acceptor.accept(connection).await?;
            let mut behind = TcpStream::connect(to).await?;
            behind.set_nodelay(true)?;
            copy_bidirectional(&mut inside, &mut behind).await
        });
    }
}

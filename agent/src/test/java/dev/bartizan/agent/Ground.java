// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import dev.bartizan.agent.command.Inbox;
import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.identity.Credentials;
import dev.bartizan.agent.identity.KeystoreBlobs;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.KeyPurpose;
import dev.bartizan.crypto.keystore.KeystoreRefusal;
import dev.bartizan.crypto.keystore.SoftwareKeystore;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.protocol.jws.SoftwareSigner;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.software.Installation;
import dev.bartizan.updater.tuf.RepositorySimulator;
import dev.bartizan.updater.tuf.SignatureScheme;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * What all lives have in common, for it costs too much to be made for each: a device as it leaves
 * enrolment, the keys of its fleet, and an operator's.
 */
record Ground(
    AgentConfig config,
    Installation installation,
    DeviceKeystore keystore,
    X509Certificate unwrapCertificate,
    FakeDisk enrolled,
    RepositorySimulator repository,
    SoftwareSigner operator,
    Map<ECPublicKey, Bytes> agreed) {

  /**
   * @param home an empty directory, for what a device is given by people
   */
  static Ground in(Path home) throws Exception {
    // Verified in a hundredth of the time of the others, and lives do little else.
    RepositorySimulator repository = new RepositorySimulator(SignatureScheme.RSA_PSS_SHA256);
    Files.write(home.resolve("root.json"), repository.rootFile(1));
    Files.writeString(Files.createDirectories(home.resolve("bin")).resolve("a"), "bin");
    Files.writeString(Files.createDirectories(home.resolve("lib")).resolve("a"), "lib");
    FakeDisk disk = new FakeDisk();
    byte[] password = "for a test".getBytes(StandardCharsets.US_ASCII);
    DeviceKeystore keystore =
        SoftwareKeystore.create(
            new KeystoreBlobs(disk), () -> SecretBytes.take(password.clone()), new SecureRandom());
    KeyPair authority = pair();
    String identity = certificate(keystore.publicKey(KeyPurpose.IDENTITY), authority);
    String unwrap = certificate(keystore.publicKey(KeyPurpose.UNWRAP), authority);
    new Credentials(identity, unwrap).store(disk);
    Inbox.begin(disk, RepositorySimulator.START);
    Files.writeString(home.resolve("ca.pem"), certificate(authority.getPublic(), authority));
    KeyPair operator = pair();
    return new Ground(
        config(home),
        new Installation(home, "0.1.0"),
        keystore,
        Pem.certificates(unwrap, "unwrap").get(0),
        disk,
        repository,
        new SoftwareSigner(operator.getPublic(), operator.getPrivate()),
        new ConcurrentHashMap<>());
  }

  /** What the unwrap key and another agree on, computed once for all lives. */
  SecretBytes agree(ECPublicKey ephemeral) throws IOException, KeystoreRefusal {
    Bytes known = agreed.get(ephemeral);
    if (known == null) {
      try (SecretBytes secret = keystore.agree(ephemeral)) {
        known = secret.reveal(Bytes::of);
      }
      agreed.put(ephemeral, known);
    }
    return SecretBytes.take(known.toArray());
  }

  private static AgentConfig config(Path home) throws Exception {
    String toml =
        """
        [repository]
        url = "http://updates.example/"
        trust_root = "%1$s/root.json"
        [fleet]
        broker = "ssl://broker.example:8883"
        trust_anchors = "%1$s/ca.pem"
        [device]
        event_log = "%1$s/none"
        userspace_log = "%1$s/none"
        """
            .formatted(home);
    return AgentConfig.read(Files.writeString(home.resolve("agent.toml"), toml));
  }

  private static KeyPair pair() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static String certificate(PublicKey key, KeyPair authority) throws Exception {
    X500Name name = new X500Name("CN=test");
    byte[] der =
        new JcaX509v3CertificateBuilder(
                name, BigInteger.ONE, new Date(0), new Date(1L << 41), name, key)
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(authority.getPrivate()))
            .getEncoded();
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END CERTIFICATE-----\n";
  }
}

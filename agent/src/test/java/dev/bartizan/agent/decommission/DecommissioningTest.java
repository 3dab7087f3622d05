// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.decommission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.agent.command.DecommissionOrder;
import dev.bartizan.agent.command.DecommissionOrder.Stage;
import dev.bartizan.agent.identity.CredentialStore;
import dev.bartizan.agent.identity.Credentials;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.KeyPurpose;
import dev.bartizan.crypto.keystore.MemoryBlobStore;
import dev.bartizan.crypto.keystore.SoftwareKeystore;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.protocol.command.Audience;
import dev.bartizan.protocol.command.Command;
import dev.bartizan.protocol.command.CommandKeys;
import dev.bartizan.protocol.command.Farewell;
import dev.bartizan.protocol.jws.SoftwareSigner;
import dev.bartizan.protocol.jws.SpiffeId;
import dev.bartizan.protocol.jws.StatementKey;
import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.FileName;
import dev.bartizan.updater.disk.PowerCut;
import dev.bartizan.updater.disk.Survival;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A device that leaves its fleet, while the power goes at every call that changes its disk. */
class DecommissioningTest {
  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
  private static final Instant LATER = Instant.parse("2026-08-01T12:00:00Z");

  private final SoftwareSigner end = signer();
  private final FakeDisk enrolled = new FakeDisk();
  private FakeDisk disk = new FakeDisk();
  private DeviceKeystore keystore;
  private Set<String> mayCommand = Set.of(Command.DECOMMISSION);
  private String device = "";
  private boolean isDestroyed;
  private boolean isRetired;
  private final List<Farewell> heard = new ArrayList<>();

  @BeforeEach
  void enrol() throws Exception {
    DeviceKeystore real =
        SoftwareKeystore.create(
            new MemoryBlobStore(), () -> SecretBytes.take(new byte[] {'x'}), new SecureRandom());
    keystore = mortal(real);
    SpiffeId name = new SpiffeId("example.com", keystore.ueid());
    device = name.toUri().toString();
    String identity = certificate(keystore.publicKey(KeyPurpose.IDENTITY), device);
    String unwrap = certificate(keystore.publicKey(KeyPurpose.UNWRAP), device);
    new Credentials(identity, unwrap).store(enrolled);
    for (String file :
        List.of("objects/ab", "envelopes/cd", "tuf/root.json", "keystore/k", "software/a/bin/x")) {
      DurableFile.replace(enrolled, FileName.of(file), new byte[] {1});
    }
    for (String file : List.of("journal", "history", "inbox", "verified-time")) {
      DurableFile.replace(enrolled, FileName.of(file), new byte[] {1});
    }
  }

  /** The real one, but that it can die and tells what was done to it. */
  private DeviceKeystore mortal(DeviceKeystore real) {
    return (DeviceKeystore)
        Proxy.newProxyInstance(
            DeviceKeystore.class.getClassLoader(),
            new Class<?>[] {DeviceKeystore.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("retire")) {
                isRetired = true;
                return Set.of(KeyPurpose.UNWRAP);
              }
              if (method.getName().equals("destroy")) {
                assertFalse(heard.isEmpty(), "nobody was told while there was a key to tell by");
                isDestroyed = true;
                return null;
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException failed) {
                throw failed.getCause();
              }
            });
  }

  private Leaver open() throws Malformed, IOException {
    if (isDestroyed) {
      throw new Malformed("no keys");
    }
    return new Leaver(
        keystore,
        CredentialStore.open(disk, keystore),
        new CommandKeys(List.of(new CommandKeys.Entry(end.key(), mayCommand))));
  }

  private boolean obey() throws Exception {
    Decommissioning decommissioning =
        new Decommissioning(
            disk,
            () -> LATER,
            this::open,
            (leaver, outbox) -> {
              for (FileName message : disk.list("outbox")) {
                hear(disk.read(message, 1 << 20).orElseThrow());
              }
            });
    return decommissioning.obey(DecommissionOrder.find(disk).orElseThrow());
  }

  private void hear(byte[] message) throws IOException {
    String text = new String(message, StandardCharsets.UTF_8);
    String json = text.substring(0, text.lastIndexOf('}') + 1);
    try {
      heard.add(
          Farewell.read(
              StrictJson.read(json.getBytes(StandardCharsets.UTF_8), 1 << 20, "reply")
                  .object("result")
                  .text("farewell", 4096),
              StatementKey.of(keystore.publicKey(KeyPurpose.IDENTITY))));
    } catch (Refusal notOurs) {
      throw new IOException(notOurs);
    }
  }

  private void order(Audience audience, String command) throws Exception {
    byte[] compact =
        new Command(
                "example.com", audience, "command-1", NOW, NOW.plusSeconds(60), command, Map.of())
            .sign(end);
    new DecommissionOrder(
            Stage.ORDERED, "command-1", NOW, new String(compact, StandardCharsets.US_ASCII))
        .store(disk);
  }

  @ParameterizedTest
  @EnumSource(Survival.class)
  void whateverThePowerDoesItEndsErasedAndTheFleetWasToldBefore(Survival survival)
      throws Exception {
    boolean wasCut = true;
    int cut = 0;
    while (wasCut) {
      cut++;
      disk = enrolled.copy();
      isDestroyed = false;
      heard.clear();
      order(Audience.device(keystore.ueid()), Command.DECOMMISSION);
      disk.cutBefore(cut);
      try {
        assertTrue(obey());
        wasCut = false;
      } catch (PowerCut off) {
        disk.reboot(survival, cut);
        assertTrue(obey());
      }
      assertEquals(List.of("decommission.json", "software/a/bin/x"), disk.names(), "cut " + cut);
      assertEquals(Stage.ERASED, DecommissionOrder.find(disk).orElseThrow().stage());
      assertTrue(isDestroyed);
      for (Farewell farewell : heard) {
        assertEquals(device, farewell.device());
        assertEquals("command-1", farewell.command());
        assertEquals(Set.of("content", "unwrap"), farewell.dead());
      }
    }
    assertTrue(cut > 10, cut + " calls");
  }

  // Attack: write an order into the state directory, and have the device destroy its keys.
  @Test
  void anOrderThatNobodySignedForThisDeviceIsForgottenAndNothingIsLost() throws Exception {
    mayCommand = Set.of(Command.DECOMMISSION, "update");
    requireIgnored(Audience.device(keystore.ueid()), Command.DECOMMISSION);
    mayCommand = Set.of("update");
    requireIgnored(Audience.device(keystore.ueid()), "update");
    mayCommand = Set.of(Command.DECOMMISSION);
    requireIgnored(Audience.group("line-1"), Command.DECOMMISSION);
  }

  private void requireIgnored(Audience audience, String command) throws Exception {
    disk = enrolled.copy();
    order(audience, command);
    assertFalse(obey());
    assertEquals(enrolled.names(), disk.names());
    assertFalse(isRetired || isDestroyed);
  }

  // Attack: claim that the order was obeyed as far as to the keys.
  @Test
  void aStageThatSomebodyWroteDestroysNoKeys() throws Exception {
    disk = enrolled.copy();
    order(Audience.group("line-1"), Command.DECOMMISSION);
    DecommissionOrder.find(disk).orElseThrow().at(Stage.ERASING).store(disk);
    assertTrue(obey());
    assertFalse(isRetired || isDestroyed);
  }

  private static String certificate(PublicKey key, String uri) throws Exception {
    KeyPair authority = pair();
    X500Name name = new X500Name("CN=test");
    byte[] der =
        new JcaX509v3CertificateBuilder(
                name, BigInteger.ONE, new Date(0), new Date(1L << 41), name, key)
            .addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri)))
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(authority.getPrivate()))
            .getEncoded();
    X509Certificate certificate = Pem.certificate(der, "a test's");
    return Pem.ofCertificates(List.of(certificate));
  }

  private static SoftwareSigner signer() {
    try {
      KeyPair pair = pair();
      return new SoftwareSigner(pair.getPublic(), pair.getPrivate());
    } catch (Exception impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static KeyPair pair() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.init;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.cli.DeviceCommand;
import dev.bartizan.fleet.credential.Credentials;
import dev.bartizan.fleet.database.Databases;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.DeviceRegistry;
import dev.bartizan.fleet.init.RawMqtt.Will;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.protocol.cli.Failures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A device that was enrolled and is in a thief's hands, against the broker as it is shipped. */
class HostileDeviceTest {
  private static final Ueid VICTIM = Ueid.of(Digest.of(new byte[] {1}));
  private static final Ueid THIEF = Ueid.of(Digest.of(new byte[] {2}));
  private static final String COMMANDS = "bartizan/" + VICTIM + "/command";

  @TempDir private Path folder;
  private ShippedBroker broker;
  private RawMqtt victim;
  private RawMqtt thief;
  private RawMqtt operator;

  @BeforeEach
  void connect() throws Exception {
    broker = ShippedBroker.start(folder);
    victim = broker.connect(broker.device(VICTIM));
    thief = broker.connect(broker.device(THIEF));
    operator = broker.connectOperator();
    assertTrue(victim.hello(VICTIM.text(), false, Optional.empty()));
    assertTrue(victim.subscribe(COMMANDS));
    assertTrue(operator.hello("operator"));
    assertTrue(operator.subscribe("bartizan/#"));
  }

  @AfterEach
  void stop() throws Exception {
    victim.close();
    thief.close();
    operator.close();
    broker.close();
  }

  // Attack: takeover; a client that connects with another's id ends that one's session.
  @Test
  void whoAsksForAnothersClientIdEndsNobodysSession() throws Exception {
    assertTrue(thief.hello(VICTIM.text()));

    assertTrue(victim.lives());
    operator.publish(COMMANDS, "update");
    assertEquals(List.of("update"), victim.heard());
  }

  // Attack: a clean start under the id of a device that is away drops what waits for it.
  @Test
  void whatWaitsForADeviceThatIsAwayCannotBeWipedBySomebodyElse() throws Exception {
    victim.drop();
    operator.publish(COMMANDS, "update");
    assertTrue(thief.hello(VICTIM.text()));
    assertTrue(thief.lives());

    victim = broker.connect(broker.device(VICTIM));
    assertTrue(victim.hello(VICTIM.text(), false, Optional.empty()));
    assertEquals(List.of("update"), victim.heard());
    assertEquals(List.of(), thief.heard());
  }

  // Attack: a session under another's id inherits its subscriptions, and so its commands.
  @Test
  void aSessionUnderAnothersIdHearsNothingOfIt() throws Exception {
    victim.drop();
    assertTrue(thief.hello(VICTIM.text(), false, Optional.empty()));
    operator.publish(COMMANDS, "update");

    assertEquals(List.of(), thief.heard());
  }

  // Attack: the operator's id, and the operator's place.
  @Test
  void aDeviceIsNoOperator() throws Exception {
    assertTrue(thief.hello("operator"));
    assertTrue(operator.lives());

    RawMqtt there = RawMqtt.connect(broker.operatorsPort(), broker.device(THIEF), ca());
    assertFalse(there.hello("operator"));
    there.close();
  }

  // Attack: a certificate of the fleet's authority that has the operator's name.
  @Test
  void theOperatorsNameInADevicesCertificateOpensNothing() throws Exception {
    Credentials named = broker.authority().issueServer(List.of("operator"), Duration.ofDays(1));
    RawMqtt there = RawMqtt.connect(broker.operatorsPort(), named, ca());
    assertFalse(there.hello("operator"));
    there.close();
  }

  // Attack: what a device may not say, it has the broker say after its death.
  @Test
  void aLastWillSpeaksForItsOwnerOnly() throws Exception {
    assertTrue(
        thief.hello(
            THIEF.text(),
            true,
            Optional.of(new Will("bartizan/" + VICTIM + "/event", "all is well", false))));
    thief.drop();
    thief = broker.connect(broker.device(THIEF));
    assertTrue(thief.hello(THIEF.text(), true, Optional.of(new Will(COMMANDS, "rollback", false))));
    thief.drop();

    thief = broker.connect(broker.device(THIEF));
    assertTrue(thief.hello(THIEF.text()));
    assertTrue(thief.publish("bartizan/" + THIEF + "/event", "its own"));
    assertEquals(List.of("its own"), operator.heard());
    assertEquals(List.of(), victim.heard());
  }

  // Attack: a retained message speaks to whoever comes later, when its sender is long revoked.
  @Test
  void nothingIsRetained() throws Exception {
    String own = "bartizan/" + THIEF + "/telemetry";
    assertTrue(thief.hello(THIEF.text()));
    assertFalse(thief.publish(own, "all is well", true));
    assertTrue(thief.isThrownOut());

    thief = broker.connect(broker.device(THIEF));
    assertFalse(thief.hello(THIEF.text(), true, Optional.of(new Will(own, "all is well", true))));
  }

  // Attack: the plug-in that ends sessions, asked by a device.
  @Test
  void aDeviceEndsNobodysSessionByTheBrokersControl() throws Exception {
    assertTrue(thief.hello(THIEF.text()));
    thief.publish(
        "$CONTROL/dynamic-security/v1",
        "{\"commands\":[{\"command\":\"createClient\",\"username\":\""
            + VICTIM
            + "\"},{\"command\":\"disableClient\",\"username\":\""
            + VICTIM
            + "\"}]}");

    assertTrue(victim.lives());
  }

  // Attack: five bytes that announce 256 MB, of which nothing comes.
  @Test
  void aPacketThatIsTooLongEndsTheConnectionAtItsHeader() throws Exception {
    assertTrue(thief.hello(THIEF.text()));
    thief.sendRaw(new byte[] {0x30, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f});
    thief.sendRaw(new byte[64]);

    assertTrue(thief.isThrownOut());
    assertTrue(victim.lives());
  }

  // Attack: a lost device that stays connected, and comes back with each certificate it ever got.
  @Test
  void aRevokedDeviceIsThrownOutAndNoCertificateBringsItBack() throws Exception {
    Credentials earlier = enrolled(THIEF);
    Credentials newest = enrolled(THIEF);
    Credentials spared = enrolled(VICTIM);
    thief.close();
    thief = broker.connect(newest);
    assertTrue(thief.hello(THIEF.text()));
    assertTrue(thief.lives());

    ByteArrayOutputStream said = new ByteArrayOutputStream();
    assertEquals(0, revoke(said), said.toString(StandardCharsets.UTF_8));

    assertTrue(thief.isThrownOut());
    for (Credentials certificate : List.of(earlier, newest)) {
      assertThrows(IOException.class, () -> greet(certificate, THIEF));
    }
    greet(spared, VICTIM);
    assertEquals(0, revoke(said), "a second time");
  }

  @Test
  void aBrokerThatCannotBeToldIsSaidWithTheListWritten() throws Exception {
    enrolled(THIEF);
    victim.close();
    operator.close();
    broker.close();

    ByteArrayOutputStream said = new ByteArrayOutputStream();
    assertEquals(3, revoke(said));
    assertTrue(said.toString(StandardCharsets.UTF_8).contains("broker/revoked.pem"));
    assertEquals(
        Device.State.REVOKED, Databases.of(broker.directory()).devices().get(THIEF).state());
  }

  private int revoke(ByteArrayOutputStream said) {
    PrintStream print = new PrintStream(said, true, StandardCharsets.UTF_8);
    DeviceCommand command =
        new DeviceCommand(Clock.systemUTC(), new SecureRandom(), new Console(print, print));
    CommandLine line = new CommandLine(command).setExecutionExceptionHandler(new Failures());
    line.setErr(new PrintWriter(print, true, StandardCharsets.UTF_8));
    return line.execute("revoke", THIEF.text(), "--dir", folder.toString());
  }

  /** TLS 1.3 tells a client of a refusal only after its own last word. */
  private void greet(Credentials who, Ueid name) throws Exception {
    try (RawMqtt client = broker.connect(who)) {
      if (!client.hello(name.text())) {
        throw new IOException("not let in");
      }
    }
  }

  private Credentials enrolled(Ueid ueid) throws Exception {
    Credentials credentials = broker.device(ueid);
    DeviceRegistry registry = Databases.of(broker.directory()).devices();
    Clock clock = Clock.systemUTC();
    Databases.of(broker.directory())
        .devices()
        .issued(ueid, credentials.certificate(), clock.instant());
    registry.enrol(
        new Device(
            ueid,
            Device.State.ENROLLED,
            "default",
            Set.of(),
            clock.instant(),
            Protection.Kind.SOFTWARE,
            Optional.empty(),
            credentials.certificate(),
            credentials.certificate(),
            Optional.empty(),
            false));
    return credentials;
  }

  private X509Certificate ca() throws Exception {
    return broker.authority().certificate();
  }
}

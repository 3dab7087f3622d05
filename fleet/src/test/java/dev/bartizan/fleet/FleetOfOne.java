// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.EndorsementChoice;
import dev.bartizan.crypto.keystore.EnrolmentClaims;
import dev.bartizan.crypto.keystore.KeyPurpose;
import dev.bartizan.crypto.keystore.MemoryBlobStore;
import dev.bartizan.crypto.keystore.PcrApprovals;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.keystore.SoftwareKeystore;
import dev.bartizan.crypto.keystore.Tpm2Binding;
import dev.bartizan.crypto.keystore.Tpm2Keystore;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.crypto.tpm.AttestationKind;
import dev.bartizan.crypto.tpm.EndorsementKind;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.crypto.tpm.TpmAccess;
import dev.bartizan.crypto.tpm.TpmPublic;
import dev.bartizan.fleet.broker.KeyBroker;
import dev.bartizan.fleet.broker.WrappedKeyVault;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.database.Databases;
import dev.bartizan.fleet.device.DeviceRegistry;
import dev.bartizan.fleet.enrol.AllowedChips;
import dev.bartizan.fleet.enrol.EndorsementRoots;
import dev.bartizan.fleet.enrol.EnrolmentTokens;
import dev.bartizan.fleet.enrol.TokenEnrolment;
import dev.bartizan.fleet.enrol.TpmEnrolment;
import dev.bartizan.fleet.init.NewFleet;
import dev.bartizan.protocol.custody.FleetKeys;
import dev.bartizan.protocol.enrolment.BeginReply;
import dev.bartizan.protocol.enrolment.BeginRequest;
import dev.bartizan.protocol.enrolment.FinishRequest;
import dev.bartizan.protocol.enrolment.Grant;
import dev.bartizan.protocol.enrolment.KeyPossession;
import dev.bartizan.protocol.enrolment.KeysBeginReply;
import dev.bartizan.protocol.enrolment.KeysBeginRequest;
import dev.bartizan.protocol.enrolment.KeysFinishRequest;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** An operator's directory and what a test does with a device and a desk. */
public final class FleetOfOne {
  public static final SecureRandom RANDOM = new SecureRandom();

  private final SharedDirectory directory;

  /** Of a fleet that nobody reaches. */
  public static final FleetSettings SETTINGS =
      new FleetSettings(
          "fleet.example", "ssl://localhost:8883", URI.create("http://localhost:8080/"));

  private final CertificateAuthority authority;
  private final FleetKeys keys;
  private final Clock clock;

  /** Founds a fleet in {@code folder} that believes the maker of {@code chip}. */
  public FleetOfOne(Path folder, Swtpm chip, Clock clock) throws Exception {
    this.directory = new SharedDirectory(folder);
    this.clock = clock;
    this.keys =
        NewFleet.found(directory, SETTINGS, List.of("localhost", "127.0.0.1"), clock, RANDOM);
    this.authority = CertificateAuthority.load(directory, clock, RANDOM);
    directory.write("ek-roots/maker.pem", Files.readAllBytes(chip.issuerCertificate()));
  }

  /** A new device's keys in {@code chip}. */
  public static DeviceKeystore device(Swtpm chip) throws Exception {
    return device(chip, PcrSelection.parse("sha256:7"));
  }

  /** The same, bound to these PCRs. */
  public static DeviceKeystore device(Swtpm chip, PcrSelection bound) throws Exception {
    return Tpm2Keystore.create(
        new TpmAccess(chip.address(), RANDOM, pause -> {}), new MemoryBlobStore(), bound);
  }

  /** The same, named after its chip's key of this kind. */
  public static DeviceKeystore device(Swtpm chip, EndorsementKind kind) throws Exception {
    return Tpm2Keystore.create(
        new TpmAccess(chip.address(), RANDOM, pause -> {}),
        new MemoryBlobStore(),
        new Tpm2Binding(
            PcrSelection.parse("sha256:7"),
            Optional.empty(),
            AttestationKind.ECC_P256,
            new EndorsementChoice(Optional.of(kind), Optional.empty())),
        PcrApprovals.NONE);
  }

  /** From now on the maker of {@code chip} is believed by this file alone. */
  public void believeMaker(Swtpm chip, String file) throws IOException {
    directory.delete("ek-roots/maker.pem");
    directory.write(file, Files.readAllBytes(chip.issuerCertificate()));
  }

  /** From now on another maker is the only one believed. */
  public void disownMaker() throws IOException {
    directory.write(
        "ek-roots/maker.pem",
        Pem.ofCertificates(List.of(authority.certificate())).getBytes(StandardCharsets.US_ASCII));
  }

  /** What its author knows of it. */
  public FleetKeys keys() {
    return keys;
  }

  public KeyBroker broker() {
    return new KeyBroker(directory, registry(), new WrappedKeyVault(directory, RANDOM), RANDOM);
  }

  public SharedDirectory directory() {
    return directory;
  }

  public DeviceRegistry registry() {
    return Databases.of(directory).devices();
  }

  public CertificateAuthority authority() {
    return authority;
  }

  public EnrolmentTokens tokens() {
    return new EnrolmentTokens(Databases.of(directory).tokens(), clock);
  }

  public TpmEnrolment desk() throws Exception {
    return desk(Optional.empty());
  }

  public TpmEnrolment deskWithTokens() throws Exception {
    return desk(Optional.of(tokens()));
  }

  /** Takes in keystores without a chip, of these kinds. */
  public TokenEnrolment keysDesk(Set<Protection.Kind> accepted) throws Exception {
    return new TokenEnrolment(
        context(Optional.of(tokens())), accepted, clock, RANDOM, broker()::shipTo);
  }

  /** A new device without a chip. */
  public static DeviceKeystore softwareDevice() throws Exception {
    return SoftwareKeystore.create(
        new MemoryBlobStore(), () -> SecretBytes.take(new byte[] {'x'}), RANDOM);
  }

  /** Both requests of a device without a chip, with a fresh token. */
  public Grant enrolKeys(DeviceKeystore device, TokenEnrolment desk) throws Exception {
    KeysBeginReply challenge =
        desk.begin(keysIntroduction(device, tokens().create(RANDOM, EnrolmentTokens.LIFETIME)));
    return desk.finish(keysAnswer(device, challenge));
  }

  public static KeysBeginRequest keysIntroduction(DeviceKeystore device, String token) {
    return new KeysBeginRequest(
        token,
        device.protection().kind(),
        device.publicKey(KeyPurpose.IDENTITY),
        device.publicKey(KeyPurpose.UNWRAP));
  }

  public static KeysFinishRequest keysAnswer(DeviceKeystore device, KeysBeginReply challenge)
      throws Exception {
    KeyPossession possession =
        new KeyPossession(
            challenge.nonce(),
            device.publicKey(KeyPurpose.IDENTITY),
            device.publicKey(KeyPurpose.UNWRAP));
    try (SecretBytes shared = device.agree(challenge.ephemeral())) {
      return new KeysFinishRequest(
          challenge.session(), device.signDigest(possession.statement()), possession.proof(shared));
    }
  }

  public Grant enrol(DeviceKeystore device) throws Exception {
    return enrol(device, desk(), Optional.empty());
  }

  /** Both requests, as an honest device makes them. */
  public static Grant enrol(DeviceKeystore device, TpmEnrolment desk, Optional<String> token)
      throws Exception {
    BeginReply challenge = desk.begin(introduction(device, token));
    return desk.finish(answer(device, challenge));
  }

  public static BeginRequest introduction(DeviceKeystore device, Optional<String> token)
      throws Exception {
    EnrolmentClaims claims = device.enrolmentClaims(Bytes.empty());
    return new BeginRequest(
        token,
        claims.endorsementCertificate(),
        claims.endorsementChain(),
        claims.endorsementKey(),
        claims.attestationKey(),
        Optional.of(claims.model()));
  }

  /** The same by a device that shows no certificate, whether it has one or not. */
  public static BeginRequest withoutCertificate(DeviceKeystore device) throws Exception {
    BeginRequest whole = introduction(device, Optional.empty());
    return new BeginRequest(
        whole.token(),
        Optional.empty(),
        List.of(),
        whole.endorsementKey(),
        whole.attestationKey(),
        whole.model());
  }

  /** What an operator calls its endorsement key. */
  public static Digest endorsementDigest(DeviceKeystore device) throws Exception {
    Bytes key = device.enrolmentClaims(Bytes.empty()).endorsementKey();
    return Digest.of(TpmPublic.parse(key).toPublicKey().getEncoded());
  }

  /** Enrols a device that shows no certificate, and that the operator has allowed. */
  public Grant enrolAllowed(DeviceKeystore device) throws Exception {
    TpmEnrolment desk = desk();
    return desk.finish(answer(device, desk.begin(withoutCertificate(device))));
  }

  public static FinishRequest answer(DeviceKeystore device, BeginReply challenge) throws Exception {
    EnrolmentClaims claims = device.enrolmentClaims(challenge.nonce());
    try (SecretBytes secret = device.activate(challenge.credential())) {
      return new FinishRequest(
          challenge.session(), secret.reveal(Bytes::of), claims.identity(), claims.unwrap());
    }
  }

  private TpmEnrolment desk(Optional<EnrolmentTokens> tokens) throws Exception {
    return new TpmEnrolment(context(tokens), clock, RANDOM, broker()::shipTo);
  }

  private TpmEnrolment.Context context(Optional<EnrolmentTokens> tokens) throws Exception {
    return new TpmEnrolment.Context(
        FleetSettings.load(directory),
        () -> EndorsementRoots.load(directory),
        new AllowedChips(directory),
        tokens,
        authority,
        registry());
  }
}

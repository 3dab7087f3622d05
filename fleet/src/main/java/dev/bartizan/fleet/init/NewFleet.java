// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.init;

import dev.bartizan.crypto.keystore.KeystoreRefusal;
import dev.bartizan.crypto.keystore.Pkcs11AgreementKey;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.credential.BrokerToken;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.credential.Credentials;
import dev.bartizan.fleet.credential.OperatorKeys;
import dev.bartizan.fleet.credential.RevocationList;
import dev.bartizan.protocol.custody.FleetKeys;
import dev.bartizan.protocol.jws.StatementKey;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;

/** Founds a fleet: everything its identities need, in an operator's directory. */
public final class NewFleet {
  /** Common name of the operator's certificate, and so its name at the broker. */
  public static final String OPERATOR = "operator";

  /** The {@link FleetKeys}: for the author. */
  public static final String KEYS = "fleet-keys.json";

  private NewFleet() {}

  /**
   * Makes and stores settings, authority, the credentials of enrolment server, broker and operator,
   * the key broker's, and the command and verifier keys. The chip makers' roots are for the
   * operator to put into {@code ek-roots/}.
   *
   * @param hosts DNS names and IP addresses of the enrolment server and the broker
   */
  public static FleetKeys found(
      SharedDirectory directory,
      FleetSettings settings,
      List<String> hosts,
      Clock clock,
      SecureRandom random)
      throws IOException {
    return found(
        directory,
        settings,
        hosts,
        authority -> {
          Credentials made = authority.issueKeyBroker(CertificateAuthority.KEY_BROKER_LIFETIME);
          made.store(directory, Credentials.KEY_BROKER);
          return made.certificate();
        },
        clock,
        random);
  }

  /**
   * The same with the key broker's key in a token.
   *
   * @param key of {@code token}
   */
  static FleetKeys found(
      SharedDirectory directory,
      FleetPlan plan,
      BrokerToken token,
      Pkcs11AgreementKey key,
      Clock clock,
      SecureRandom random)
      throws IOException, KeystoreRefusal {
    return found(
        directory,
        plan.settings(),
        plan.hosts(),
        authority -> {
          // Where it is going to be is said first: a founding that was cut is seen by it.
          token.store(directory);
          X509Certificate made =
              key.make(
                  half -> authority.issueKeyBroker(half, CertificateAuthority.KEY_BROKER_LIFETIME));
          Credentials.storeChain(
              directory, Credentials.KEY_BROKER, List.of(made, authority.certificate()));
          return made;
        },
        clock,
        random);
  }

  /** Makes the key broker's key, where it is to be. */
  @FunctionalInterface
  private interface KeyBrokerMaker<E extends Exception> {
    X509Certificate make(CertificateAuthority authority) throws IOException, E;
  }

  private static <E extends Exception> FleetKeys found(
      SharedDirectory directory,
      FleetSettings settings,
      List<String> hosts,
      KeyBrokerMaker<E> maker,
      Clock clock,
      SecureRandom random)
      throws IOException, E {
    settings.store(directory);
    CertificateAuthority authority =
        CertificateAuthority.create(directory, settings.trustDomain(), clock, random);
    authority
        .issueServer(hosts, CertificateAuthority.OPERATOR_LIFETIME)
        .store(directory, Credentials.SERVER);
    authority
        .issueServer(hosts, CertificateAuthority.OPERATOR_LIFETIME)
        .store(directory, Credentials.BROKER);
    authority
        .issueOperator(OPERATOR, CertificateAuthority.OPERATOR_LIFETIME)
        .store(directory, Credentials.OPERATOR);
    X509Certificate keyBroker = maker.make(authority);
    RevocationList.begin(directory, authority);
    OperatorKeys keys = new OperatorKeys(directory);
    StatementKey command = keys.create(OperatorKeys.COMMAND, random);
    keys.create(OperatorKeys.VERIFIER, random);
    FleetKeys known =
        new FleetKeys(settings.trustDomain(), authority.certificate(), keyBroker, command);
    directory.write(KEYS, known.toJson());
    return known;
  }
}

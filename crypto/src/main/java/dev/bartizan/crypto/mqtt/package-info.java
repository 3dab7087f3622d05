// SPDX-License-Identifier: Apache-2.0
/**
 * The way to a broker that may be anybody's: TLS sockets that give up when they are told to, and
 * that let no peer announce more than was agreed.
 *
 * <p>Guarantees: a packet longer than the limit is refused at its fixed header, before the MQTT
 * library has made room for it; {@link dev.bartizan.crypto.mqtt.BrokerSockets#close} ends whatever
 * waits on a connection, in every phase of it, and none is made afterwards.
 *
 * <p>Not guaranteed: that what arrives is MQTT at all. The library judges that, one bounded packet
 * at a time.
 */
@NullMarked
package dev.bartizan.crypto.mqtt;

import org.jspecify.annotations.NullMarked;

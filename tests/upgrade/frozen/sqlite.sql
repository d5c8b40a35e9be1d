BEGIN TRANSACTION;
CREATE TABLE "account_emailaddress" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "verified" bool NOT NULL, "primary" bool NOT NULL, "user_id" bigint NOT NULL REFERENCES "tenants_person" ("id") DEFERRABLE INITIALLY DEFERRED, "email" varchar(254) NOT NULL);
CREATE TABLE "account_emailconfirmation" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "created" datetime NOT NULL, "sent" datetime NULL, "key" varchar(64) NOT NULL UNIQUE, "email_address_id" integer NOT NULL REFERENCES "account_emailaddress" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "accounts_browserlink" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "secret_hash" varchar(64) NOT NULL UNIQUE, "binding" varchar(64) NOT NULL, "made_at" datetime NOT NULL, "person_id" bigint NOT NULL REFERENCES "tenants_person" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "auth_group" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(150) NOT NULL UNIQUE);
INSERT INTO "auth_group" VALUES(1,'provider:administrator');
INSERT INTO "auth_group" VALUES(2,'provider:operator');
INSERT INTO "auth_group" VALUES(3,'provider:auditor');
INSERT INTO "auth_group" VALUES(4,'customer:8b478cba-bd23-4dd1-96c9-0713f01e73c6:manager');
INSERT INTO "auth_group" VALUES(5,'customer:8b478cba-bd23-4dd1-96c9-0713f01e73c6:contact');
INSERT INTO "auth_group" VALUES(6,'customer:8b478cba-bd23-4dd1-96c9-0713f01e73c6:viewer');
INSERT INTO "auth_group" VALUES(7,'customer:e9ca7e42-e9a5-4e4a-acbc-b42f0ba28ad0:manager');
INSERT INTO "auth_group" VALUES(8,'customer:e9ca7e42-e9a5-4e4a-acbc-b42f0ba28ad0:contact');
INSERT INTO "auth_group" VALUES(9,'customer:e9ca7e42-e9a5-4e4a-acbc-b42f0ba28ad0:viewer');
CREATE TABLE "auth_group_permissions" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED, "permission_id" integer NOT NULL REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "auth_permission" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "codename" varchar(100) NOT NULL, "name" varchar(255) NOT NULL);
INSERT INTO "auth_permission" VALUES(1,1,'add_logentry','Can add log entry');
INSERT INTO "auth_permission" VALUES(2,1,'change_logentry','Can change log entry');
INSERT INTO "auth_permission" VALUES(3,1,'delete_logentry','Can delete log entry');
INSERT INTO "auth_permission" VALUES(4,1,'view_logentry','Can view log entry');
INSERT INTO "auth_permission" VALUES(5,2,'add_permission','Can add permission');
INSERT INTO "auth_permission" VALUES(6,2,'change_permission','Can change permission');
INSERT INTO "auth_permission" VALUES(7,2,'delete_permission','Can delete permission');
INSERT INTO "auth_permission" VALUES(8,2,'view_permission','Can view permission');
INSERT INTO "auth_permission" VALUES(9,3,'add_group','Can add group');
INSERT INTO "auth_permission" VALUES(10,3,'change_group','Can change group');
INSERT INTO "auth_permission" VALUES(11,3,'delete_group','Can delete group');
INSERT INTO "auth_permission" VALUES(12,3,'view_group','Can view group');
INSERT INTO "auth_permission" VALUES(13,4,'add_contenttype','Can add content type');
INSERT INTO "auth_permission" VALUES(14,4,'change_contenttype','Can change content type');
INSERT INTO "auth_permission" VALUES(15,4,'delete_contenttype','Can delete content type');
INSERT INTO "auth_permission" VALUES(16,4,'view_contenttype','Can view content type');
INSERT INTO "auth_permission" VALUES(17,5,'add_session','Can add session');
INSERT INTO "auth_permission" VALUES(18,5,'change_session','Can change session');
INSERT INTO "auth_permission" VALUES(19,5,'delete_session','Can delete session');
INSERT INTO "auth_permission" VALUES(20,5,'view_session','Can view session');
INSERT INTO "auth_permission" VALUES(21,6,'add_emailaddress','Can add email address');
INSERT INTO "auth_permission" VALUES(22,6,'change_emailaddress','Can change email address');
INSERT INTO "auth_permission" VALUES(23,6,'delete_emailaddress','Can delete email address');
INSERT INTO "auth_permission" VALUES(24,6,'view_emailaddress','Can view email address');
INSERT INTO "auth_permission" VALUES(25,7,'add_emailconfirmation','Can add email confirmation');
INSERT INTO "auth_permission" VALUES(26,7,'change_emailconfirmation','Can change email confirmation');
INSERT INTO "auth_permission" VALUES(27,7,'delete_emailconfirmation','Can delete email confirmation');
INSERT INTO "auth_permission" VALUES(28,7,'view_emailconfirmation','Can view email confirmation');
INSERT INTO "auth_permission" VALUES(29,8,'add_authenticator','Can add authenticator');
INSERT INTO "auth_permission" VALUES(30,8,'change_authenticator','Can change authenticator');
INSERT INTO "auth_permission" VALUES(31,8,'delete_authenticator','Can delete authenticator');
INSERT INTO "auth_permission" VALUES(32,8,'view_authenticator','Can view authenticator');
INSERT INTO "auth_permission" VALUES(33,9,'add_groupobjectpermission','Can add group object permission');
INSERT INTO "auth_permission" VALUES(34,9,'change_groupobjectpermission','Can change group object permission');
INSERT INTO "auth_permission" VALUES(35,9,'delete_groupobjectpermission','Can delete group object permission');
INSERT INTO "auth_permission" VALUES(36,9,'view_groupobjectpermission','Can view group object permission');
INSERT INTO "auth_permission" VALUES(37,10,'add_userobjectpermission','Can add user object permission');
INSERT INTO "auth_permission" VALUES(38,10,'change_userobjectpermission','Can change user object permission');
INSERT INTO "auth_permission" VALUES(39,10,'delete_userobjectpermission','Can delete user object permission');
INSERT INTO "auth_permission" VALUES(40,10,'view_userobjectpermission','Can view user object permission');
INSERT INTO "auth_permission" VALUES(41,11,'add_spentpurse','Can add spent purse');
INSERT INTO "auth_permission" VALUES(42,11,'change_spentpurse','Can change spent purse');
INSERT INTO "auth_permission" VALUES(43,11,'delete_spentpurse','Can delete spent purse');
INSERT INTO "auth_permission" VALUES(44,11,'view_spentpurse','Can view spent purse');
INSERT INTO "auth_permission" VALUES(45,12,'add_browserlink','Can add browser link');
INSERT INTO "auth_permission" VALUES(46,12,'change_browserlink','Can change browser link');
INSERT INTO "auth_permission" VALUES(47,12,'delete_browserlink','Can delete browser link');
INSERT INTO "auth_permission" VALUES(48,12,'view_browserlink','Can view browser link');
INSERT INTO "auth_permission" VALUES(49,13,'add_mail','Can add mail');
INSERT INTO "auth_permission" VALUES(50,13,'change_mail','Can change mail');
INSERT INTO "auth_permission" VALUES(51,13,'delete_mail','Can delete mail');
INSERT INTO "auth_permission" VALUES(52,13,'view_mail','Can view mail');
INSERT INTO "auth_permission" VALUES(53,14,'add_auditchain','Can add audit chain');
INSERT INTO "auth_permission" VALUES(54,14,'change_auditchain','Can change audit chain');
INSERT INTO "auth_permission" VALUES(55,14,'delete_auditchain','Can delete audit chain');
INSERT INTO "auth_permission" VALUES(56,14,'view_auditchain','Can view audit chain');
INSERT INTO "auth_permission" VALUES(57,15,'add_customer','Can add customer');
INSERT INTO "auth_permission" VALUES(58,15,'change_customer','Can change customer');
INSERT INTO "auth_permission" VALUES(59,15,'delete_customer','Can delete customer');
INSERT INTO "auth_permission" VALUES(60,15,'view_customer','Can view customer');
INSERT INTO "auth_permission" VALUES(61,15,'customer:view','customer:view');
INSERT INTO "auth_permission" VALUES(62,15,'customer:manage','customer:manage');
INSERT INTO "auth_permission" VALUES(63,15,'site:manage','site:manage');
INSERT INTO "auth_permission" VALUES(64,15,'person:manage','person:manage');
INSERT INTO "auth_permission" VALUES(65,15,'sensor:view','sensor:view');
INSERT INTO "auth_permission" VALUES(66,15,'sensor:manage','sensor:manage');
INSERT INTO "auth_permission" VALUES(67,15,'sensor:enrolment-code:issue','sensor:enrolment-code:issue');
INSERT INTO "auth_permission" VALUES(68,15,'gateway:manage','gateway:manage');
INSERT INTO "auth_permission" VALUES(69,15,'sensor:disk-key:permit','sensor:disk-key:permit');
INSERT INTO "auth_permission" VALUES(70,15,'sensor:report-loss','sensor:report-loss');
INSERT INTO "auth_permission" VALUES(71,15,'case:view','case:view');
INSERT INTO "auth_permission" VALUES(72,15,'case:close','case:close');
INSERT INTO "auth_permission" VALUES(73,15,'approval:give','approval:give');
INSERT INTO "auth_permission" VALUES(74,15,'audit:view','audit:view');
INSERT INTO "auth_permission" VALUES(75,16,'add_person','Can add person');
INSERT INTO "auth_permission" VALUES(76,16,'change_person','Can change person');
INSERT INTO "auth_permission" VALUES(77,16,'delete_person','Can delete person');
INSERT INTO "auth_permission" VALUES(78,16,'view_person','Can view person');
INSERT INTO "auth_permission" VALUES(79,17,'add_auditentry','Can add audit entry');
INSERT INTO "auth_permission" VALUES(80,17,'change_auditentry','Can change audit entry');
INSERT INTO "auth_permission" VALUES(81,17,'delete_auditentry','Can delete audit entry');
INSERT INTO "auth_permission" VALUES(82,17,'view_auditentry','Can view audit entry');
INSERT INTO "auth_permission" VALUES(83,18,'add_announcement','Can add announcement');
INSERT INTO "auth_permission" VALUES(84,18,'change_announcement','Can change announcement');
INSERT INTO "auth_permission" VALUES(85,18,'delete_announcement','Can delete announcement');
INSERT INTO "auth_permission" VALUES(86,18,'view_announcement','Can view announcement');
INSERT INTO "auth_permission" VALUES(87,19,'add_approval','Can add approval');
INSERT INTO "auth_permission" VALUES(88,19,'change_approval','Can change approval');
INSERT INTO "auth_permission" VALUES(89,19,'delete_approval','Can delete approval');
INSERT INTO "auth_permission" VALUES(90,19,'view_approval','Can view approval');
INSERT INTO "auth_permission" VALUES(91,20,'add_accountchange','Can add account change');
INSERT INTO "auth_permission" VALUES(92,20,'change_accountchange','Can change account change');
INSERT INTO "auth_permission" VALUES(93,20,'delete_accountchange','Can delete account change');
INSERT INTO "auth_permission" VALUES(94,20,'view_accountchange','Can view account change');
INSERT INTO "auth_permission" VALUES(95,21,'add_customergroupobjectpermission','Can add customer group object permission');
INSERT INTO "auth_permission" VALUES(96,21,'change_customergroupobjectpermission','Can change customer group object permission');
INSERT INTO "auth_permission" VALUES(97,21,'delete_customergroupobjectpermission','Can delete customer group object permission');
INSERT INTO "auth_permission" VALUES(98,21,'view_customergroupobjectpermission','Can view customer group object permission');
INSERT INTO "auth_permission" VALUES(99,22,'add_customerrolegroup','Can add customer role group');
INSERT INTO "auth_permission" VALUES(100,22,'change_customerrolegroup','Can change customer role group');
INSERT INTO "auth_permission" VALUES(101,22,'delete_customerrolegroup','Can delete customer role group');
INSERT INTO "auth_permission" VALUES(102,22,'view_customerrolegroup','Can view customer role group');
INSERT INTO "auth_permission" VALUES(103,23,'add_providerrolegroup','Can add provider role group');
INSERT INTO "auth_permission" VALUES(104,23,'change_providerrolegroup','Can change provider role group');
INSERT INTO "auth_permission" VALUES(105,23,'delete_providerrolegroup','Can delete provider role group');
INSERT INTO "auth_permission" VALUES(106,23,'view_providerrolegroup','Can view provider role group');
INSERT INTO "auth_permission" VALUES(107,24,'add_site','Can add site');
INSERT INTO "auth_permission" VALUES(108,24,'change_site','Can change site');
INSERT INTO "auth_permission" VALUES(109,24,'delete_site','Can delete site');
INSERT INTO "auth_permission" VALUES(110,24,'view_site','Can view site');
INSERT INTO "auth_permission" VALUES(111,25,'add_staffread','Can add staff read');
INSERT INTO "auth_permission" VALUES(112,25,'change_staffread','Can change staff read');
INSERT INTO "auth_permission" VALUES(113,25,'delete_staffread','Can delete staff read');
INSERT INTO "auth_permission" VALUES(114,25,'view_staffread','Can view staff read');
INSERT INTO "auth_permission" VALUES(115,26,'add_authority','Can add authority');
INSERT INTO "auth_permission" VALUES(116,26,'change_authority','Can change authority');
INSERT INTO "auth_permission" VALUES(117,26,'delete_authority','Can delete authority');
INSERT INTO "auth_permission" VALUES(118,26,'view_authority','Can view authority');
INSERT INTO "auth_permission" VALUES(119,27,'add_keyencryptionkeycheck','Can add key encryption key check');
INSERT INTO "auth_permission" VALUES(120,27,'change_keyencryptionkeycheck','Can change key encryption key check');
INSERT INTO "auth_permission" VALUES(121,27,'delete_keyencryptionkeycheck','Can delete key encryption key check');
INSERT INTO "auth_permission" VALUES(122,27,'view_keyencryptionkeycheck','Can view key encryption key check');
INSERT INTO "auth_permission" VALUES(123,28,'add_certificate','Can add certificate');
INSERT INTO "auth_permission" VALUES(124,28,'change_certificate','Can change certificate');
INSERT INTO "auth_permission" VALUES(125,28,'delete_certificate','Can delete certificate');
INSERT INTO "auth_permission" VALUES(126,28,'view_certificate','Can view certificate');
INSERT INTO "auth_permission" VALUES(127,29,'add_certificaterevocationlist','Can add certificate revocation list');
INSERT INTO "auth_permission" VALUES(128,29,'change_certificaterevocationlist','Can change certificate revocation list');
INSERT INTO "auth_permission" VALUES(129,29,'delete_certificaterevocationlist','Can delete certificate revocation list');
INSERT INTO "auth_permission" VALUES(130,29,'view_certificaterevocationlist','Can view certificate revocation list');
INSERT INTO "auth_permission" VALUES(131,30,'add_keyretirement','Can add key retirement');
INSERT INTO "auth_permission" VALUES(132,30,'change_keyretirement','Can change key retirement');
INSERT INTO "auth_permission" VALUES(133,30,'delete_keyretirement','Can delete key retirement');
INSERT INTO "auth_permission" VALUES(134,30,'view_keyretirement','Can view key retirement');
INSERT INTO "auth_permission" VALUES(135,31,'add_revocation','Can add revocation');
INSERT INTO "auth_permission" VALUES(136,31,'change_revocation','Can change revocation');
INSERT INTO "auth_permission" VALUES(137,31,'delete_revocation','Can delete revocation');
INSERT INTO "auth_permission" VALUES(138,31,'view_revocation','Can view revocation');
INSERT INTO "auth_permission" VALUES(139,32,'add_wrappedkey','Can add wrapped key');
INSERT INTO "auth_permission" VALUES(140,32,'change_wrappedkey','Can change wrapped key');
INSERT INTO "auth_permission" VALUES(141,32,'delete_wrappedkey','Can delete wrapped key');
INSERT INTO "auth_permission" VALUES(142,32,'view_wrappedkey','Can view wrapped key');
INSERT INTO "auth_permission" VALUES(143,33,'add_case','Can add case');
INSERT INTO "auth_permission" VALUES(144,33,'change_case','Can change case');
INSERT INTO "auth_permission" VALUES(145,33,'delete_case','Can delete case');
INSERT INTO "auth_permission" VALUES(146,33,'view_case','Can view case');
INSERT INTO "auth_permission" VALUES(147,34,'add_casenote','Can add case note');
INSERT INTO "auth_permission" VALUES(148,34,'change_casenote','Can change case note');
INSERT INTO "auth_permission" VALUES(149,34,'delete_casenote','Can delete case note');
INSERT INTO "auth_permission" VALUES(150,34,'view_casenote','Can view case note');
INSERT INTO "auth_permission" VALUES(151,35,'add_certificaterequest','Can add certificate request');
INSERT INTO "auth_permission" VALUES(152,35,'change_certificaterequest','Can change certificate request');
INSERT INTO "auth_permission" VALUES(153,35,'delete_certificaterequest','Can delete certificate request');
INSERT INTO "auth_permission" VALUES(154,35,'view_certificaterequest','Can view certificate request');
INSERT INTO "auth_permission" VALUES(155,36,'add_diskkeyrelease','Can add disk key release');
INSERT INTO "auth_permission" VALUES(156,36,'change_diskkeyrelease','Can change disk key release');
INSERT INTO "auth_permission" VALUES(157,36,'delete_diskkeyrelease','Can delete disk key release');
INSERT INTO "auth_permission" VALUES(158,36,'view_diskkeyrelease','Can view disk key release');
INSERT INTO "auth_permission" VALUES(159,37,'add_enrolmentcode','Can add enrolment code');
INSERT INTO "auth_permission" VALUES(160,37,'change_enrolmentcode','Can change enrolment code');
INSERT INTO "auth_permission" VALUES(161,37,'delete_enrolmentcode','Can delete enrolment code');
INSERT INTO "auth_permission" VALUES(162,37,'view_enrolmentcode','Can view enrolment code');
INSERT INTO "auth_permission" VALUES(163,38,'add_gateway','Can add gateway');
INSERT INTO "auth_permission" VALUES(164,38,'change_gateway','Can change gateway');
INSERT INTO "auth_permission" VALUES(165,38,'delete_gateway','Can delete gateway');
INSERT INTO "auth_permission" VALUES(166,38,'view_gateway','Can view gateway');
INSERT INTO "auth_permission" VALUES(167,39,'add_gatewaycontact','Can add gateway contact');
INSERT INTO "auth_permission" VALUES(168,39,'change_gatewaycontact','Can change gateway contact');
INSERT INTO "auth_permission" VALUES(169,39,'delete_gatewaycontact','Can delete gateway contact');
INSERT INTO "auth_permission" VALUES(170,39,'view_gatewaycontact','Can view gateway contact');
INSERT INTO "auth_permission" VALUES(171,40,'add_gatewayslot','Can add gateway slot');
INSERT INTO "auth_permission" VALUES(172,40,'change_gatewayslot','Can change gateway slot');
INSERT INTO "auth_permission" VALUES(173,40,'delete_gatewayslot','Can delete gateway slot');
INSERT INTO "auth_permission" VALUES(174,40,'view_gatewayslot','Can view gateway slot');
INSERT INTO "auth_permission" VALUES(175,41,'add_keypermit','Can add key permit');
INSERT INTO "auth_permission" VALUES(176,41,'change_keypermit','Can change key permit');
INSERT INTO "auth_permission" VALUES(177,41,'delete_keypermit','Can delete key permit');
INSERT INTO "auth_permission" VALUES(178,41,'view_keypermit','Can view key permit');
INSERT INTO "auth_permission" VALUES(179,42,'add_measure','Can add measure');
INSERT INTO "auth_permission" VALUES(180,42,'change_measure','Can change measure');
INSERT INTO "auth_permission" VALUES(181,42,'delete_measure','Can delete measure');
INSERT INTO "auth_permission" VALUES(182,42,'view_measure','Can view measure');
INSERT INTO "auth_permission" VALUES(183,43,'add_sensor','Can add sensor');
INSERT INTO "auth_permission" VALUES(184,43,'change_sensor','Can change sensor');
INSERT INTO "auth_permission" VALUES(185,43,'delete_sensor','Can delete sensor');
INSERT INTO "auth_permission" VALUES(186,43,'view_sensor','Can view sensor');
INSERT INTO "auth_permission" VALUES(187,44,'add_sensorcontact','Can add sensor contact');
INSERT INTO "auth_permission" VALUES(188,44,'change_sensorcontact','Can change sensor contact');
INSERT INTO "auth_permission" VALUES(189,44,'delete_sensorcontact','Can delete sensor contact');
INSERT INTO "auth_permission" VALUES(190,44,'view_sensorcontact','Can view sensor contact');
INSERT INTO "auth_permission" VALUES(191,45,'add_session','Can add session');
INSERT INTO "auth_permission" VALUES(192,45,'change_session','Can change session');
INSERT INTO "auth_permission" VALUES(193,45,'delete_session','Can delete session');
INSERT INTO "auth_permission" VALUES(194,45,'view_session','Can view session');
INSERT INTO "auth_permission" VALUES(195,46,'add_sessionquestion','Can add session question');
INSERT INTO "auth_permission" VALUES(196,46,'change_sessionquestion','Can change session question');
INSERT INTO "auth_permission" VALUES(197,46,'delete_sessionquestion','Can delete session question');
INSERT INTO "auth_permission" VALUES(198,46,'view_sessionquestion','Can view session question');
INSERT INTO "auth_permission" VALUES(199,47,'add_sighting','Can add sighting');
INSERT INTO "auth_permission" VALUES(200,47,'change_sighting','Can change sighting');
INSERT INTO "auth_permission" VALUES(201,47,'delete_sighting','Can delete sighting');
INSERT INTO "auth_permission" VALUES(202,47,'view_sighting','Can view sighting');
INSERT INTO "auth_permission" VALUES(203,48,'add_underlayaddress','Can add underlay address');
INSERT INTO "auth_permission" VALUES(204,48,'change_underlayaddress','Can change underlay address');
INSERT INTO "auth_permission" VALUES(205,48,'delete_underlayaddress','Can delete underlay address');
INSERT INTO "auth_permission" VALUES(206,48,'view_underlayaddress','Can view underlay address');
CREATE TABLE "django_admin_log" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "object_id" text NULL, "object_repr" varchar(200) NOT NULL, "action_flag" smallint unsigned NOT NULL CHECK ("action_flag" >= 0), "change_message" text NOT NULL, "content_type_id" integer NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "user_id" bigint NOT NULL REFERENCES "tenants_person" ("id") DEFERRABLE INITIALLY DEFERRED, "action_time" datetime NOT NULL);
CREATE TABLE "django_content_type" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app_label" varchar(100) NOT NULL, "model" varchar(100) NOT NULL);
INSERT INTO "django_content_type" VALUES(1,'admin','logentry');
INSERT INTO "django_content_type" VALUES(2,'auth','permission');
INSERT INTO "django_content_type" VALUES(3,'auth','group');
INSERT INTO "django_content_type" VALUES(4,'contenttypes','contenttype');
INSERT INTO "django_content_type" VALUES(5,'sessions','session');
INSERT INTO "django_content_type" VALUES(6,'account','emailaddress');
INSERT INTO "django_content_type" VALUES(7,'account','emailconfirmation');
INSERT INTO "django_content_type" VALUES(8,'mfa','authenticator');
INSERT INTO "django_content_type" VALUES(9,'guardian','groupobjectpermission');
INSERT INTO "django_content_type" VALUES(10,'guardian','userobjectpermission');
INSERT INTO "django_content_type" VALUES(11,'limits','spentpurse');
INSERT INTO "django_content_type" VALUES(12,'accounts','browserlink');
INSERT INTO "django_content_type" VALUES(13,'notices','mail');
INSERT INTO "django_content_type" VALUES(14,'tenants','auditchain');
INSERT INTO "django_content_type" VALUES(15,'tenants','customer');
INSERT INTO "django_content_type" VALUES(16,'tenants','person');
INSERT INTO "django_content_type" VALUES(17,'tenants','auditentry');
INSERT INTO "django_content_type" VALUES(18,'tenants','announcement');
INSERT INTO "django_content_type" VALUES(19,'tenants','approval');
INSERT INTO "django_content_type" VALUES(20,'tenants','accountchange');
INSERT INTO "django_content_type" VALUES(21,'tenants','customergroupobjectpermission');
INSERT INTO "django_content_type" VALUES(22,'tenants','customerrolegroup');
INSERT INTO "django_content_type" VALUES(23,'tenants','providerrolegroup');
INSERT INTO "django_content_type" VALUES(24,'tenants','site');
INSERT INTO "django_content_type" VALUES(25,'tenants','staffread');
INSERT INTO "django_content_type" VALUES(26,'pki','authority');
INSERT INTO "django_content_type" VALUES(27,'pki','keyencryptionkeycheck');
INSERT INTO "django_content_type" VALUES(28,'pki','certificate');
INSERT INTO "django_content_type" VALUES(29,'pki','certificaterevocationlist');
INSERT INTO "django_content_type" VALUES(30,'pki','keyretirement');
INSERT INTO "django_content_type" VALUES(31,'pki','revocation');
INSERT INTO "django_content_type" VALUES(32,'pki','wrappedkey');
INSERT INTO "django_content_type" VALUES(33,'sensors','case');
INSERT INTO "django_content_type" VALUES(34,'sensors','casenote');
INSERT INTO "django_content_type" VALUES(35,'sensors','certificaterequest');
INSERT INTO "django_content_type" VALUES(36,'sensors','diskkeyrelease');
INSERT INTO "django_content_type" VALUES(37,'sensors','enrolmentcode');
INSERT INTO "django_content_type" VALUES(38,'sensors','gateway');
INSERT INTO "django_content_type" VALUES(39,'sensors','gatewaycontact');
INSERT INTO "django_content_type" VALUES(40,'sensors','gatewayslot');
INSERT INTO "django_content_type" VALUES(41,'sensors','keypermit');
INSERT INTO "django_content_type" VALUES(42,'sensors','measure');
INSERT INTO "django_content_type" VALUES(43,'sensors','sensor');
INSERT INTO "django_content_type" VALUES(44,'sensors','sensorcontact');
INSERT INTO "django_content_type" VALUES(45,'sensors','session');
INSERT INTO "django_content_type" VALUES(46,'sensors','sessionquestion');
INSERT INTO "django_content_type" VALUES(47,'sensors','sighting');
INSERT INTO "django_content_type" VALUES(48,'sensors','underlayaddress');
CREATE TABLE "django_migrations" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" datetime NOT NULL);
INSERT INTO "django_migrations" VALUES(1,'contenttypes','0001_initial','2026-11-26 21:11:59.363763');
INSERT INTO "django_migrations" VALUES(2,'contenttypes','0002_remove_content_type_name','2026-11-26 21:11:59.369137');
INSERT INTO "django_migrations" VALUES(3,'auth','0001_initial','2026-11-26 21:11:59.377836');
INSERT INTO "django_migrations" VALUES(4,'auth','0002_alter_permission_name_max_length','2026-11-26 21:11:59.383782');
INSERT INTO "django_migrations" VALUES(5,'auth','0003_alter_user_email_max_length','2026-11-26 21:11:59.387289');
INSERT INTO "django_migrations" VALUES(6,'auth','0004_alter_user_username_opts','2026-11-26 21:11:59.390738');
INSERT INTO "django_migrations" VALUES(7,'auth','0005_alter_user_last_login_null','2026-11-26 21:11:59.394942');
INSERT INTO "django_migrations" VALUES(8,'auth','0006_require_contenttypes_0002','2026-11-26 21:11:59.395857');
INSERT INTO "django_migrations" VALUES(9,'auth','0007_alter_validators_add_error_messages','2026-11-26 21:11:59.399849');
INSERT INTO "django_migrations" VALUES(10,'auth','0008_alter_user_username_max_length','2026-11-26 21:11:59.406246');
INSERT INTO "django_migrations" VALUES(11,'auth','0009_alter_user_last_name_max_length','2026-11-26 21:11:59.409770');
INSERT INTO "django_migrations" VALUES(12,'auth','0010_alter_group_name_max_length','2026-11-26 21:11:59.415632');
INSERT INTO "django_migrations" VALUES(13,'auth','0011_update_proxy_permissions','2026-11-26 21:11:59.419073');
INSERT INTO "django_migrations" VALUES(14,'auth','0012_alter_user_first_name_max_length','2026-11-26 21:11:59.426226');
INSERT INTO "django_migrations" VALUES(15,'tenants','0001_initial','2026-11-26 21:11:59.560900');
INSERT INTO "django_migrations" VALUES(16,'account','0001_initial','2026-11-26 21:11:59.585251');
INSERT INTO "django_migrations" VALUES(17,'account','0002_email_max_length','2026-11-26 21:11:59.595554');
INSERT INTO "django_migrations" VALUES(18,'account','0003_alter_emailaddress_create_unique_verified_email','2026-11-26 21:11:59.608884');
INSERT INTO "django_migrations" VALUES(19,'account','0004_alter_emailaddress_drop_unique_email','2026-11-26 21:11:59.619558');
INSERT INTO "django_migrations" VALUES(20,'account','0005_emailaddress_idx_upper_email','2026-11-26 21:11:59.627461');
INSERT INTO "django_migrations" VALUES(21,'account','0006_emailaddress_lower','2026-11-26 21:11:59.642623');
INSERT INTO "django_migrations" VALUES(22,'account','0007_emailaddress_idx_email','2026-11-26 21:11:59.658993');
INSERT INTO "django_migrations" VALUES(23,'account','0008_emailaddress_unique_primary_email_fixup','2026-11-26 21:11:59.672734');
INSERT INTO "django_migrations" VALUES(24,'account','0009_emailaddress_unique_primary_email','2026-11-26 21:11:59.681887');
INSERT INTO "django_migrations" VALUES(25,'accounts','0001_initial','2026-11-26 21:11:59.699504');
INSERT INTO "django_migrations" VALUES(26,'admin','0001_initial','2026-11-26 21:11:59.713680');
INSERT INTO "django_migrations" VALUES(27,'admin','0002_logentry_remove_auto_add','2026-11-26 21:11:59.725615');
INSERT INTO "django_migrations" VALUES(28,'admin','0003_logentry_add_action_flag_choices','2026-11-26 21:11:59.734261');
INSERT INTO "django_migrations" VALUES(29,'guardian','0001_initial','2026-11-26 21:11:59.781799');
INSERT INTO "django_migrations" VALUES(30,'guardian','0002_generic_permissions_index','2026-11-26 21:11:59.801024');
INSERT INTO "django_migrations" VALUES(31,'guardian','0003_remove_groupobjectpermission_guardian_gr_content_ae6aec_idx_and_more','2026-11-26 21:11:59.855686');
INSERT INTO "django_migrations" VALUES(32,'limits','0001_initial','2026-11-26 21:11:59.857929');
INSERT INTO "django_migrations" VALUES(33,'mfa','0001_initial','2026-11-26 21:11:59.874445');
INSERT INTO "django_migrations" VALUES(34,'mfa','0002_authenticator_timestamps','2026-11-26 21:11:59.969205');
INSERT INTO "django_migrations" VALUES(35,'mfa','0003_authenticator_type_uniq','2026-11-26 21:12:00.006633');
INSERT INTO "django_migrations" VALUES(36,'notices','0001_initial','2026-11-26 21:12:00.010569');
INSERT INTO "django_migrations" VALUES(37,'pki','0001_initial','2026-11-26 21:12:00.038887');
INSERT INTO "django_migrations" VALUES(38,'pki','0002_append_only','2026-11-26 21:12:00.058664');
INSERT INTO "django_migrations" VALUES(39,'pki','0003_lists_uncompressed','2026-11-26 21:12:00.083413');
INSERT INTO "django_migrations" VALUES(40,'pki','0004_owner_functions','2026-11-26 21:12:00.106189');
INSERT INTO "django_migrations" VALUES(41,'sensors','0001_initial','2026-11-26 21:12:00.131083');
INSERT INTO "django_migrations" VALUES(42,'sensors','0002_initial','2026-11-26 21:12:01.359933');
INSERT INTO "django_migrations" VALUES(43,'sensors','0003_owner_functions','2026-11-26 21:12:01.388859');
INSERT INTO "django_migrations" VALUES(44,'sessions','0001_initial','2026-11-26 21:12:01.392806');
INSERT INTO "django_migrations" VALUES(45,'tenants','0002_append_only','2026-11-26 21:12:01.423091');
INSERT INTO "django_migrations" VALUES(46,'tenants','0003_chain_heads','2026-11-26 21:12:01.453337');
CREATE TABLE "django_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" datetime NOT NULL);
CREATE TABLE "guardian_groupobjectpermission" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "object_pk" varchar(255) NOT NULL, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED, "permission_id" integer NOT NULL REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "guardian_userobjectpermission" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "object_pk" varchar(255) NOT NULL, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "permission_id" integer NOT NULL REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED, "user_id" bigint NOT NULL REFERENCES "tenants_person" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "limits_spentpurse" ("key" varchar(100) NOT NULL PRIMARY KEY, "full_at" bigint NOT NULL);
CREATE TABLE "mfa_authenticator" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "type" varchar(20) NOT NULL, "data" text NOT NULL CHECK ((JSON_VALID("data") OR "data" IS NULL)), "user_id" bigint NOT NULL REFERENCES "tenants_person" ("id") DEFERRABLE INITIALLY DEFERRED, "created_at" datetime NOT NULL, "last_used_at" datetime NULL);
INSERT INTO "mfa_authenticator" VALUES(1,'totp','{"secret": "gAAAAABrCKCjdw7EbkXU9yLYHCfwWB3-EWy8tfdLvhmykPq6Nkg0QxWN9IUC3Ea_siaY8H26bTbcfnn4wJyPLGd6lR973wH8DQ=="}',1,'2026-11-26 21:12:03.492117',NULL);
CREATE TABLE "notices_mail" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "recipient" varchar(254) NOT NULL, "subject" varchar(200) NOT NULL, "body" text NOT NULL, "forget_text" bool NOT NULL, "about" varchar(80) NOT NULL, "created_at" datetime NOT NULL, "next_attempt_at" datetime NOT NULL, "attempts" integer unsigned NOT NULL CHECK ("attempts" >= 0), "sent_at" datetime NULL, "last_error" varchar(200) NOT NULL);
INSERT INTO "notices_mail" VALUES(1,'olga@provider.example','Registered: gateway gateway-1','This gateway is registered. A machine can become it with a code that two people want.

  Gateway   gateway-1 (g-kcxvgyaga3mf)
  Host      198.51.100.1, UDP port 1194
  Underlay  10.88.0.0/16
  At base   10.20.0.0/24
  Done by   a command on the portal''s host

If this is not right, say so to the others now. Any administrator or operator can revoke the gateway at once, alone:
http://127.0.0.1:8000/admin/sensors/gateway/29e4f764-58b4-49a3-a154-70bd4cd6ab5e/revoke/

Network security monitoring
',0,'gateway:29e4f764-58b4-49a3-a154-70bd4cd6ab5e','2026-11-26 21:12:02.241384','2026-11-26 21:12:02.241389',0,NULL,'');
INSERT INTO "notices_mail" VALUES(2,'otto@provider.example','Registered: gateway gateway-1','This gateway is registered. A machine can become it with a code that two people want.

  Gateway   gateway-1 (g-kcxvgyaga3mf)
  Host      198.51.100.1, UDP port 1194
  Underlay  10.88.0.0/16
  At base   10.20.0.0/24
  Done by   a command on the portal''s host

If this is not right, say so to the others now. Any administrator or operator can revoke the gateway at once, alone:
http://127.0.0.1:8000/admin/sensors/gateway/29e4f764-58b4-49a3-a154-70bd4cd6ab5e/revoke/

Network security monitoring
',0,'gateway:29e4f764-58b4-49a3-a154-70bd4cd6ab5e','2026-11-26 21:12:02.241407','2026-11-26 21:12:02.241408',0,NULL,'');
INSERT INTO "notices_mail" VALUES(3,'olga@provider.example','Code issued for gateway gateway-1','Whoever has this code can become the gateway, once, within seven days.

  Gateway   gateway-1 (g-kcxvgyaga3mf)
  Host      198.51.100.1, UDP port 1194
  Underlay  10.88.0.0/16
  At base   10.20.0.0/24
  Done by   a command on the portal''s host

If this is not right, say so to the others now. Any administrator or operator can revoke the gateway at once, alone:
http://127.0.0.1:8000/admin/sensors/gateway/29e4f764-58b4-49a3-a154-70bd4cd6ab5e/revoke/

Network security monitoring
',0,'gateway:29e4f764-58b4-49a3-a154-70bd4cd6ab5e','2026-11-26 21:12:03.249123','2026-11-26 21:12:03.249125',0,NULL,'');
INSERT INTO "notices_mail" VALUES(4,'otto@provider.example','Code issued for gateway gateway-1','Whoever has this code can become the gateway, once, within seven days.

  Gateway   gateway-1 (g-kcxvgyaga3mf)
  Host      198.51.100.1, UDP port 1194
  Underlay  10.88.0.0/16
  At base   10.20.0.0/24
  Done by   a command on the portal''s host

If this is not right, say so to the others now. Any administrator or operator can revoke the gateway at once, alone:
http://127.0.0.1:8000/admin/sensors/gateway/29e4f764-58b4-49a3-a154-70bd4cd6ab5e/revoke/

Network security monitoring
',0,'gateway:29e4f764-58b4-49a3-a154-70bd4cd6ab5e','2026-11-26 21:12:03.249140','2026-11-26 21:12:03.249141',0,NULL,'');
INSERT INTO "notices_mail" VALUES(5,'olga@provider.example','A machine has enrolled as gateway gateway-1','It gets this gateway''s certificate. What the machine before it had is revoked.

  Gateway   gateway-1 (g-kcxvgyaga3mf)
  Host      198.51.100.1, UDP port 1194
  Underlay  10.88.0.0/16
  At base   10.20.0.0/24
  Done by   a machine with the gateway''s code, from 198.51.100.21

If this is not right, say so to the others now. Any administrator or operator can revoke the gateway at once, alone:
http://127.0.0.1:8000/admin/sensors/gateway/29e4f764-58b4-49a3-a154-70bd4cd6ab5e/revoke/

Network security monitoring
',0,'gateway:29e4f764-58b4-49a3-a154-70bd4cd6ab5e','2026-11-26 21:12:03.399566','2026-11-26 21:12:03.399569',0,NULL,'');
INSERT INTO "notices_mail" VALUES(6,'otto@provider.example','A machine has enrolled as gateway gateway-1','It gets this gateway''s certificate. What the machine before it had is revoked.

  Gateway   gateway-1 (g-kcxvgyaga3mf)
  Host      198.51.100.1, UDP port 1194
  Underlay  10.88.0.0/16
  At base   10.20.0.0/24
  Done by   a machine with the gateway''s code, from 198.51.100.21

If this is not right, say so to the others now. Any administrator or operator can revoke the gateway at once, alone:
http://127.0.0.1:8000/admin/sensors/gateway/29e4f764-58b4-49a3-a154-70bd4cd6ab5e/revoke/

Network security monitoring
',0,'gateway:29e4f764-58b4-49a3-a154-70bd4cd6ab5e','2026-11-26 21:12:03.399584','2026-11-26 21:12:03.399585',0,NULL,'');
INSERT INTO "notices_mail" VALUES(7,'anna@harbour.example','Stolen: sensor harbour-rack2 of Harbour Logistics is being cut off','Anna Adeyemi has reported this sensor stolen at 26 Nov 2026, 21:12:03 UTC.

  Sensor    harbour-rack2
  What      Grey box in rack 2, top, yellow label
  Serial    SN-4471-A
  Site      Quay 7 warehouse
  Customer  Harbour Logistics

Done: the key to its recordings is withheld and its certificate is revoked.
Waiting: gateway gateway-1 has to report that the box''s tunnel is gone. Another mail says when it has.

Follow it here: http://127.0.0.1:8000/cases/ecc8d303-0c6a-4049-b957-b458870022df/

Network security monitoring
',0,'case:ecc8d303-0c6a-4049-b957-b458870022df','2026-11-26 21:12:03.481745','2026-11-26 21:12:03.481748',0,NULL,'');
INSERT INTO "notices_mail" VALUES(8,'maria@harbour.example','Stolen: sensor harbour-rack2 of Harbour Logistics is being cut off','Anna Adeyemi has reported this sensor stolen at 26 Nov 2026, 21:12:03 UTC.

  Sensor    harbour-rack2
  What      Grey box in rack 2, top, yellow label
  Serial    SN-4471-A
  Site      Quay 7 warehouse
  Customer  Harbour Logistics

Done: the key to its recordings is withheld and its certificate is revoked.
Waiting: gateway gateway-1 has to report that the box''s tunnel is gone. Another mail says when it has.

Follow it here: http://127.0.0.1:8000/cases/ecc8d303-0c6a-4049-b957-b458870022df/

Network security monitoring
',0,'case:ecc8d303-0c6a-4049-b957-b458870022df','2026-11-26 21:12:03.481763','2026-11-26 21:12:03.481765',0,NULL,'');
INSERT INTO "notices_mail" VALUES(9,'olga@provider.example','Stolen: sensor harbour-rack2 of Harbour Logistics is being cut off','Anna Adeyemi has reported this sensor stolen at 26 Nov 2026, 21:12:03 UTC.

  Sensor    harbour-rack2
  What      Grey box in rack 2, top, yellow label
  Serial    SN-4471-A
  Site      Quay 7 warehouse
  Customer  Harbour Logistics

Done: the key to its recordings is withheld and its certificate is revoked.
Waiting: gateway gateway-1 has to report that the box''s tunnel is gone. Another mail says when it has.

Follow it here: http://127.0.0.1:8000/cases/ecc8d303-0c6a-4049-b957-b458870022df/

Network security monitoring
',0,'case:ecc8d303-0c6a-4049-b957-b458870022df','2026-11-26 21:12:03.481773','2026-11-26 21:12:03.481774',0,NULL,'');
INSERT INTO "notices_mail" VALUES(10,'otto@provider.example','Stolen: sensor harbour-rack2 of Harbour Logistics is being cut off','Anna Adeyemi has reported this sensor stolen at 26 Nov 2026, 21:12:03 UTC.

  Sensor    harbour-rack2
  What      Grey box in rack 2, top, yellow label
  Serial    SN-4471-A
  Site      Quay 7 warehouse
  Customer  Harbour Logistics

Done: the key to its recordings is withheld and its certificate is revoked.
Waiting: gateway gateway-1 has to report that the box''s tunnel is gone. Another mail says when it has.

Follow it here: http://127.0.0.1:8000/cases/ecc8d303-0c6a-4049-b957-b458870022df/

Network security monitoring
',0,'case:ecc8d303-0c6a-4049-b957-b458870022df','2026-11-26 21:12:03.481780','2026-11-26 21:12:03.481781',0,NULL,'');
CREATE TABLE "pki_authority" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(50) NOT NULL UNIQUE, "certificate_der" BLOB NOT NULL, "created_at" datetime NOT NULL);
INSERT INTO "pki_authority" VALUES(1,'main',X'3082016A3082010FA00302010202141D893F835602A54BFCCE2384399B83D2574123B3300A06082A8648CE3D0403023011310F300D06035504030C0646726F7A656E301E170D3236313132363231303730315A170D3336313132353231313230315A3011310F300D06035504030C0646726F7A656E3059301306072A8648CE3D020106082A8648CE3D030107034200041A749662BE9849ED2B31ADB5ADC8E518012132353991227BE40F6DBD834D45178A0BE218A2F5B1B78153588DF01EE98E82A9CB324BC2256687A8BAFBE6DE3DAFA345304330120603551D130101FF040830060101FF020100300E0603551D0F0101FF040403020106301D0603551D0E041604148D70C48F4CAE7FE1B4903D0E93BDF93CB0CC290F300A06082A8648CE3D0403020349003046022100C375A9B2B822871B26197B88820994C4D8EB0ED04C3E06A59A9E42FEE34DB52A022100CD58521C8BAA9F57EE65F4A3CEA4CD3B40258FB4F4058CB81D30E156B87CBFEB','2026-11-26 21:12:01.541306');
CREATE TABLE "pki_certificate" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "serial" varchar(49) NOT NULL, "subject" varchar(64) NOT NULL, "profile" varchar(16) NOT NULL, "not_before" datetime NOT NULL, "not_after" datetime NOT NULL, "der" BLOB NOT NULL, "fingerprint" varchar(64) NOT NULL UNIQUE, "created_at" datetime NOT NULL, "authority_id" bigint NOT NULL REFERENCES "pki_authority" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "pki_certificate_serial_once_per_authority" UNIQUE ("authority_id", "serial"));
INSERT INTO "pki_certificate" VALUES(1,'29702958630685835696032196892840681282194256526','g-kcxvgyaga3mf','gateway','2026-11-26 21:07:03','2027-11-26 21:12:03',X'308201AB30820151A00302010202140533ED3E2EC5505A1821300B0649B5215D72328E300A06082A8648CE3D0403023011310F300D06035504030C0646726F7A656E301E170D3236313132363231303730335A170D3237313132363231313230335A30193117301506035504030C0E672D6B6378766779616761336D663059301306072A8648CE3D020106082A8648CE3D03010703420004232635E982D21516DA48D7E04EAF9922A8E46FCFEA3738973915D26CA6291FC6EF8CF0A658098D8C60DB3D7E12DAC3EE60368DE9C536C0C91AC57B95C54ECF76A37F307D300C0603551D130101FF04023000300E0603551D0F0101FF040403020780301D0603551D250416301406082B0601050507030106082B06010505070302301D0603551D0E04160414155FCC3559BA7F614784EFEF75AD2B3565C2AE0B301F0603551D230418301680148D70C48F4CAE7FE1B4903D0E93BDF93CB0CC290F300A06082A8648CE3D040302034800304502207E913ABC7FACD3B5D1957BF0B519C243A8CDAFB9DDE8B76B3DE2CB9C968DB83A022100A3F4281DA65FCC3D3ACDA6F5E46D55194C4948F300CA30AAFFE4CE90279A3E72','96d4a41d7364ad0095c8bf50e09895acf519bd22d4e731bf6aea24a6baaa9e21','2026-11-26 21:12:03.430551',1);
INSERT INTO "pki_certificate" VALUES(2,'220028863638033322707650982247133593658704583526','s-55gbbucofych','sensor','2026-11-26 21:07:03','2027-02-24 21:12:03',X'308201A130820147A0030201020214268A6F7B8F966BFC44300C188BDD66F20890DB66300A06082A8648CE3D0403023011310F300D06035504030C0646726F7A656E301E170D3236313132363231303730335A170D3237303232343231313230335A30193117301506035504030C0E732D353567626275636F667963683059301306072A8648CE3D020106082A8648CE3D03010703420004A733C58344CC9289E9121F235C415F01F8489E42C525E61DF8BD491E14240CFB65A32FFB42079CF4B53A17FA05C49C7E945AF0936AA5ACE91DDDF4E3C443EB90A3753073300C0603551D130101FF04023000300E0603551D0F0101FF04040302078030130603551D25040C300A06082B06010505070302301D0603551D0E04160414A0ECFEB5C7776A14F98822BF1D605C31F9B63902301F0603551D230418301680148D70C48F4CAE7FE1B4903D0E93BDF93CB0CC290F300A06082A8648CE3D0403020348003045022060E51DB0913FD85EB9AB0322804AE4DAFB2DC1C0BAFA478BD76C84CA8C89CE22022100E066970839EB720A5E452942F9180B11689F001EF413E7A751EDA2DFB3767B39','3f1cde9616ca3500119d913ac9a84fc5004f922511e6dfd05e35583d378fd3af','2026-11-26 21:12:03.438448',1);
INSERT INTO "pki_certificate" VALUES(3,'636146018093882186179052106380035399327383173292','s-oziugwwzdldy','sensor','2026-11-26 21:07:03','2027-02-24 21:12:03',X'308201A130820147A00302010202146F6DC6266B2B3485126B02F6F35D1F6C40A638AC300A06082A8648CE3D0403023011310F300D06035504030C0646726F7A656E301E170D3236313132363231303730335A170D3237303232343231313230335A30193117301506035504030C0E732D6F7A69756777777A646C64793059301306072A8648CE3D020106082A8648CE3D0301070342000405D3C4EBE27F86D33E858ED35F890C3477AEC579484506E767726BAC60D8A319E886A787BD0B5ACCA21728515BBF35E6597FB532BFE27AF03760E42A67056C1CA3753073300C0603551D130101FF04023000300E0603551D0F0101FF04040302078030130603551D25040C300A06082B06010505070302301D0603551D0E04160414F4101C61FC9A34704BC697C3EDCD25CCC941878D301F0603551D230418301680148D70C48F4CAE7FE1B4903D0E93BDF93CB0CC290F300A06082A8648CE3D0403020348003045022100AFAACAA714C6223D3F4B48CA625D3E329A0E8AEB4D2C3E6CFB29080E8F060D270220339114C0784CF876702D228A2C69FD08CEDFC6A904C6F4A9D3265078450E6D34','689eefa4bb65317bfbb2fae1a5538dd6f60c41d9885107b0a16fc07b00731044','2026-11-26 21:12:03.444376',1);
INSERT INTO "pki_certificate" VALUES(4,'41411010342985158079335193159963067925849542407','s-3glfonvqiokx','sensor','2026-11-26 21:07:03','2027-02-24 21:12:03',X'308201A030820147A00302010202140740EF15CCD07725D25E2B0DE26B671DA3918F07300A06082A8648CE3D0403023011310F300D06035504030C0646726F7A656E301E170D3236313132363231303730335A170D3237303232343231313230335A30193117301506035504030C0E732D33676C666F6E7671696F6B783059301306072A8648CE3D020106082A8648CE3D03010703420004710A73B26F1B438C475D73F17BAF435412AB2313E380EDF9CA4B537E1B98420611E8724EAD595256EC435D80DC8F48A535D51C07E26C14EA58B01CB9B30B9BE8A3753073300C0603551D130101FF04023000300E0603551D0F0101FF04040302078030130603551D25040C300A06082B06010505070302301D0603551D0E0416041499C5DA506E3B456FDC5C7AC5D09B5C4179918646301F0603551D230418301680148D70C48F4CAE7FE1B4903D0E93BDF93CB0CC290F300A06082A8648CE3D04030203470030440220274D3E163868503CCCA9AD914EE10CBE27F4BF964D8870DEAAD8DB017772EE9E022023998699219D22DF2E819C0E424F04236DA9F06D68DADC116A09AC714D59E0B1','aa54b364cbd9750e3f37a91ded6e12c8a7dbde426bdea55a664b0aa4d59157a3','2026-11-26 21:12:03.449919',1);
INSERT INTO "pki_certificate" VALUES(5,'331039294460313364169052530408889248289524562097','s-jyl6bpxv5zfw','sensor','2026-11-26 21:07:03','2027-02-24 21:12:03',X'308201A130820147A003020102021439FC50BB58821C72C42A7280558ED51C28DC38B1300A06082A8648CE3D0403023011310F300D06035504030C0646726F7A656E301E170D3236313132363231303730335A170D3237303232343231313230335A30193117301506035504030C0E732D6A796C3662707876357A66773059301306072A8648CE3D020106082A8648CE3D03010703420004D7BD0F1A231E654532BE4CEBAAE223E08E7764641F01682C86C2F9CCCBFE7C36CC4E2023DFAA2A58C57FEAD05352677D3A63A91E1AB334FFD3C0A6CF0036C9EFA3753073300C0603551D130101FF04023000300E0603551D0F0101FF04040302078030130603551D25040C300A06082B06010505070302301D0603551D0E04160414687250CEE13F076360F56352392E09C0D2C6B6B3301F0603551D230418301680148D70C48F4CAE7FE1B4903D0E93BDF93CB0CC290F300A06082A8648CE3D0403020348003045022100C8B8918A9560D218E4AA2330847252764B104FFD284DB0C1A29D47ED9051316A022049486876FC17AB58D220FAE5678F48E25F297DD4D386259BBDD6A0C80DDC45A3','71dd825f8c9856c0e65138f02b9c58de2c2f3bc47d620e753a8422fe05014ac8','2026-11-26 21:12:03.455755',1);
CREATE TABLE "pki_certificaterevocationlist" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "number" bigint unsigned NOT NULL CHECK ("number" >= 0), "entry_count" integer unsigned NOT NULL CHECK ("entry_count" >= 0), "this_update" datetime NOT NULL, "next_update" datetime NOT NULL, "der" BLOB NOT NULL, "created_at" datetime NOT NULL, "authority_id" bigint NOT NULL REFERENCES "pki_authority" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "pki_crl_number_once_per_authority" UNIQUE ("authority_id", "number"));
INSERT INTO "pki_certificaterevocationlist" VALUES(1,1,2,'2026-11-26 21:07:03','2026-12-03 21:07:03',X'308201363081DD020101300A06082A8648CE3D0403023011310F300D06035504030C0646726F7A656E170D3236313132363231303730335A170D3236313230333231303730335A306A30330214268A6F7B8F966BFC44300C188BDD66F20890DB66170D3236313132363231313230335A300C300A0603551D1504030A01013033021439FC50BB58821C72C42A7280558ED51C28DC38B1170D3236313132363231313230335A300C300A0603551D1504030A0105A02F302D301F0603551D230418301680148D70C48F4CAE7FE1B4903D0E93BDF93CB0CC290F300A0603551D140403020101300A06082A8648CE3D0403020348003045022100AD27CB52FBAC65C7C8E795D8758F9C914652F688393790C4EFEE4FE18F3F6A4B02204B4D5255A0FFB91FC7F94DB20D6AF92D97247FFE9E8933B8BF7B14EBCD74EADB','2026-11-26 21:12:03.493439',1);
CREATE TABLE "pki_keyencryptionkeycheck" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kek_id" varchar(32) NOT NULL UNIQUE, "nonce" BLOB NOT NULL, "ciphertext" BLOB NOT NULL, "created_at" datetime NOT NULL);
INSERT INTO "pki_keyencryptionkeycheck" VALUES(1,'kek-fe6737f548be',X'ED17BB4FFA061AEDA94E3CEE',X'CC22477E72D0EB2853D68F5224A504F31162F80783494B477E7AD90382A49B5AB492A438C4','2026-11-26 21:12:03.433853');
CREATE TABLE "pki_keyretirement" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "subject" varchar(64) NOT NULL, "purpose" varchar(40) NOT NULL, "up_to_version" integer unsigned NOT NULL CHECK ("up_to_version" >= 0), "retired_at" datetime NOT NULL);
CREATE TABLE "pki_revocation" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "reason" varchar(24) NOT NULL, "revoked_at" datetime NOT NULL, "entry_der" BLOB NOT NULL, "certificate_id" bigint NOT NULL UNIQUE REFERENCES "pki_certificate" ("id") DEFERRABLE INITIALLY DEFERRED);
INSERT INTO "pki_revocation" VALUES(1,'keyCompromise','2026-11-26 21:12:03.474141',X'30330214268A6F7B8F966BFC44300C188BDD66F20890DB66170D3236313132363231313230335A300C300A0603551D1504030A0101',2);
INSERT INTO "pki_revocation" VALUES(2,'cessationOfOperation','2026-11-26 21:12:03.485259',X'3033021439FC50BB58821C72C42A7280558ED51C28DC38B1170D3236313132363231313230335A300C300A0603551D1504030A0105',5);
CREATE TABLE "pki_wrappedkey" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "subject" varchar(64) NOT NULL, "purpose" varchar(40) NOT NULL, "version" integer unsigned NOT NULL CHECK ("version" >= 0), "kek_id" varchar(32) NOT NULL, "nonce" BLOB NOT NULL, "ciphertext" BLOB NOT NULL, "created_at" datetime NOT NULL, "destroyed_at" datetime NULL, CONSTRAINT "pki_wrapped_key_version_once" UNIQUE ("subject", "purpose", "version"));
INSERT INTO "pki_wrappedkey" VALUES(1,'g-kcxvgyaga3mf','tls-crypt-v2-server-key',1,'kek-fe6737f548be',X'0AC9D21748DB6B3998E51985',X'A16BBFE15131BF9342C5F27F7CA6A741050EE4211BA58ABB81657D6D018895781FF20712D5F0C1D8F7DF5758B4DC6D59A222835BE186D5FDFB954AC4DABD294CAD5920CF222C7FDD1746EB114988FB80D685542092838CA3EA3C99F83C44775E77D0B5747C9EC480FFCF604E8A83CDB09133F20B78D07F3F436162741954C826D3BF2DD5277CFD3AA487C9BED33EF593','2026-11-26 21:12:03.434563',NULL);
INSERT INTO "pki_wrappedkey" VALUES(2,'s-55gbbucofych','disk-key',1,'kek-fe6737f548be',X'097E130DE76FB5655C0B58E7',X'4CBD715D0BECDA4913A81F9333326FE0F0337D3A6B56F405C11651243E4DFC5417953FA8E048B22E6762FFA111C15CDB7C4846098D999691E0EF6B544809885F267B36B4661C9940EB1D732538BAA0D3','2026-11-26 21:12:03.462375',NULL);
INSERT INTO "pki_wrappedkey" VALUES(3,'s-oziugwwzdldy','disk-key',1,'kek-fe6737f548be',X'F0C84FEFBD2D51D390DC46C2',X'EACF65701281D6D948FBBCDB79E89778C3C6DC7AEF2C7F2C9937BAB219EE28C7ED5902A7AF70BC6FEC9A8161192321DAFB2FBED5F48D84F67DD5E2842836AC44AAE2516485C718555692B4AF88E2D62A','2026-11-26 21:12:03.464276',NULL);
INSERT INTO "pki_wrappedkey" VALUES(4,'s-3glfonvqiokx','disk-key',1,'kek-fe6737f548be',X'14434A2426AD707D91B4FDCB',X'E5C18778D7B582556953871495927D8F550ECFD5DC66430D41C6B5F4AB5702A7BA264A3CA551AC003BFEABAD993BD1B96C335218898A438A0D850A458EC8DE638AA95C4505E6362EC6DB4B1ECA031CB9','2026-11-26 21:12:03.466449',NULL);
INSERT INTO "pki_wrappedkey" VALUES(5,'s-jyl6bpxv5zfw','disk-key',1,'kek-fe6737f548be',X'21BC8BF6A90AE51807FDFE4B',X'3AC9F35BD532AD32906D221E2B6C7C6F37F7782A7F625776075D586A74CC357BD1798456F3A01844A2C2B0B7F86BE33DAD34DFAFCDF745A599CB559A7BDADD2CF4AE26EC118B69203EFF48B4DCE7E067','2026-11-26 21:12:03.468263',NULL);
CREATE TABLE "sensors_case" ("id" char(32) NOT NULL PRIMARY KEY, "kind" varchar(10) NOT NULL, "note" text NOT NULL, "callback_phone" varchar(40) NOT NULL, "received_at" datetime NOT NULL, "opened_at" datetime NOT NULL, "confirmed_at" datetime NULL, "escalated_at" datetime NULL, "closed_at" datetime NULL, "outcome" varchar(20) NOT NULL, "reported_by_id" bigint NOT NULL REFERENCES "tenants_person" ("id") DEFERRABLE INITIALLY DEFERRED, "sensor_id" char(32) NOT NULL REFERENCES "sensors_sensor" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "closed_with_an_outcome" CHECK ((("closed_at" IS NULL AND "outcome" = '') OR ("closed_at" IS NOT NULL AND NOT ("outcome" = '')))));
INSERT INTO "sensors_case" VALUES('ecc8d3030c6a4049b957b458870022df','stolen','','','2026-11-26 21:12:03.469688','2026-11-26 21:12:03.471003',NULL,NULL,NULL,'',3,'de31c4d2c4f84b078e2208443b0ce16d');
CREATE TABLE "sensors_casenote" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "written_at" datetime NOT NULL, "text" text NOT NULL, "case_id" char(32) NOT NULL REFERENCES "sensors_case" ("id") DEFERRABLE INITIALLY DEFERRED, "written_by_id" bigint NOT NULL REFERENCES "tenants_person" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "sensors_certificaterequest" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "csr" text NOT NULL, "csr_digest" varchar(64) NOT NULL, "code_proof" varchar(64) NOT NULL, "renewal_proof" text NOT NULL, "requested_at" datetime NOT NULL, "signed_at" datetime NULL, "refused_because" varchar(200) NOT NULL, "tunnel_key" text NOT NULL, "certificate_id" bigint NULL UNIQUE REFERENCES "pki_certificate" ("id") DEFERRABLE INITIALLY DEFERRED, "code_id" bigint NULL UNIQUE REFERENCES "sensors_enrolmentcode" ("id") DEFERRABLE INITIALLY DEFERRED, "gateway_id" char(32) NULL REFERENCES "sensors_gateway" ("id") DEFERRABLE INITIALLY DEFERRED, "sensor_id" char(32) NULL REFERENCES "sensors_sensor" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "request_is_for_one_machine" CHECK ((("gateway_id" IS NOT NULL AND "sensor_id" IS NULL) OR ("gateway_id" IS NULL AND "sensor_id" IS NOT NULL))));
INSERT INTO "sensors_certificaterequest" VALUES(1,'-----BEGIN CERTIFICATE REQUEST-----
MIHOMHUCAQAwEzERMA8GA1UEAwwId2hhdGV2ZXIwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQjJjXpgtIVFtpI1+BOr5kiqORvz+o3OJc5FdJspikfxu+M8KZYCY2M
YNs9fhLaw+5gNo3pxTbAyRrFe5XFTs92oAAwCgYIKoZIzj0EAwIDSQAwRgIhAJaM
GPcJRImHj5cdhgEi7WS0xIjFmcmxsnrnw91pMvkFAiEAml0UvLrfXJBbVhhG5Med
haF/XSfoqtFHoa3m4LUsP9A=
-----END CERTIFICATE REQUEST-----
','9c5bc112d015f2935335234e2a3cf4bf4ce5a6e2a19a1e04eacb552680db02b2','','','2026-11-26 21:12:03.396322','2026-11-26 21:12:03.435055','','',1,5,'29e4f76458b449a3a15470bd4cd6ab5e',NULL);
INSERT INTO "sensors_certificaterequest" VALUES(2,'-----BEGIN CERTIFICATE REQUEST-----
MIHOMHUCAQAwEzERMA8GA1UEAwwId2hhdGV2ZXIwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASnM8WDRMySiekSHyNcQV8B+EieQsUl5h34vUkeFCQM+2WjL/tCB5z0
tToX+gXEnH6UWvCTaqWs6R3d9OPEQ+uQoAAwCgYIKoZIzj0EAwIDSQAwRgIhAMan
ZE1WhNcoU72O6J0ZYmGEO9WgfZPRPuyobPmBe5/DAiEArIl8+rwYLkB77O+x/KYI
kd1vtEFdkETs1fyQccFJHec=
-----END CERTIFICATE REQUEST-----
','9173bb62e815e8bd21b0a466ffc7001313a505a940d2df24edd31677be0180d3','','','2026-11-26 21:12:03.403616','2026-11-26 21:12:03.439601','','',2,1,NULL,'de31c4d2c4f84b078e2208443b0ce16d');
INSERT INTO "sensors_certificaterequest" VALUES(3,'-----BEGIN CERTIFICATE REQUEST-----
MIHNMHUCAQAwEzERMA8GA1UEAwwId2hhdGV2ZXIwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQF08Tr4n+G0z6FjtNfiQw0d67FeUhFBudncmusYNijGeiGp4e9C1rM
ohcoUVu/NeZZf7Uyv+J68Ddg5CpnBWwcoAAwCgYIKoZIzj0EAwIDSAAwRQIhANqy
bbCVHSGM5ZJUzlq+ew5y+kT6Qch5969NAkInPuZvAiBK6/xwfmuPEklIC8SnB9dj
Rd4dW6zp7+NVz9Bs5ZUGlQ==
-----END CERTIFICATE REQUEST-----
','e7577a876049f5ed76f4ba6dca3aea70928052a690a2539625b1c9d410c1c668','','','2026-11-26 21:12:03.410511','2026-11-26 21:12:03.445163','','-----BEGIN OpenVPN tls-crypt-v2 client key-----
aFqFjKM0f6JAyydu8bujWSVaUhsbQRTlzDouQ6QDHrAUuEySg0vPKkkXnPN4+VKT
alm05bVGR4yPDOWp5/u9SsQxDXl1BdxP11yKG6eHOzf6l0B5cVM49ACJeTHihal9
Wu75g58Ffqj+1B4UNSDLIN16Gv7Fe+oAcUGkBit6XF9vfRPyEr8/KOHV1KKXWL1f
ctMg10lRDCab6SPDA3fIghwGZrigD5isKeddEpyxIkbhSc4QePHgMcqu9l2wijC9
96ZvG03IlVPp7mdBgFoVRbdUgn070SFbJicsF1YX6p9xgQEhJKSm86HL1y8tpmXO
icQR/2iZyf5Yq4UpvaEe8LJIMcj+mJMVRmJXi8+8M8QswfgtKgzQaelq9ywZ2kKD
n03uNc1c7DZjCeJwi9pfObV1B1meKKzwaKvgyhjPIkArUAo5/WNzplzzn6sKjIO/
PIuOqztgLplUHQjvTzAOgfULWhWAY0/XDoTPtx71uEgXJh6ddVPvfOKekWRqz5E1
F0AXuKZQaqUP0eYz2/pmkmA8WeO38J/I/1ca/W531V76fu9uMq4/GsB5GKaYo5nI
u1E7+PxjDbiJ7UfwnZyGFLlqKbp0U5a5CgHFmqupE7iX+fU5I2/P/7gOm/IbYbNW
tOPfOCb7siUMr961cK4dzcPH+QZDW2IqhbH6jpY0N53Dt1beBoRF/UteSzjoknJR
oUcvOmCrSdnNsWqJluGK6wXHzcaW4ymhkkQP6XjE7AEx
-----END OpenVPN tls-crypt-v2 client key-----
',3,2,NULL,'26ffb74a2dd64efeb06f63062b05553c');
INSERT INTO "sensors_certificaterequest" VALUES(4,'-----BEGIN CERTIFICATE REQUEST-----
MIHMMHUCAQAwEzERMA8GA1UEAwwId2hhdGV2ZXIwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARxCnOybxtDjEddc/F7r0NUEqsjE+OA7fnKS1N+G5hCBhHock6tWVJW
7ENdgNyPSKU11RwH4mwU6liwHLmzC5vooAAwCgYIKoZIzj0EAwIDRwAwRAIgSC6m
0zK7Q+Z6XwwK2GP0mk8kOOj4k46XUJQP4st2fTwCIG/SU04CnoDIjT5k8koh69TN
RnF2tWD3S3qkyM2MPVtW
-----END CERTIFICATE REQUEST-----
','91589d2b0d1aabfd798603b251018db74fc1ff3b53b52f93fbf958a4e76e38a1','','','2026-11-26 21:12:03.416976','2026-11-26 21:12:03.450665','','-----BEGIN OpenVPN tls-crypt-v2 client key-----
sid+KFjMwkah9GM8D4cp/lDHGHCjaQVXI4mIpcKXkYnrO08nuCFjuN8k3ykNpFcK
A7Qv1Fq4a/G+/nqV4wlyOHKwNMtBUL/Km2tg6kFs5BeGhILeeQRv9ifIw0L3h8Ot
fX3LSIINE5OdUN1W1OOMuYtQXKjE8sHk1e8YAA9MlMvV4JEZPP2tgLl557QFrF39
hE8ny8YLWN3Ae40N9WqFQWcPjM0cGfhT/x2ZmGg1GheBMVVcrKBI7l+JSSnTdElm
QDhJXG/mlF9jwI7P3+zF51vvMh5grt0rFaZOnv7a+/kL23MvMnJjxoZc8H6CkJ3H
L/PBpboQbGMSK8rh7F1JWTfwJIZm2ItWtKCNCrdx/3fwOC+kXpKipjF/gxQwGDk+
kVhRpZDFcwm5O4dMydhPjN8xDfaAKP9tRvHkTJ/iMVI06vUKOP2Lsur8CbQOfibv
nQ1gicDwgcq7iLZ/Nsly+nmjx0OIV6BCFHgrbE0uNeIItocbHmzKzVBeq9j14w0p
zu0wGNxpniSAgQEqUIBbUS4bma1Muof8w7CXENqunufaRvrsjIGb9GnnO9G3dwFP
OKJz1Dlh7jbsEh1SspYvK0ZCRTjwCipghM2B8Gfn0QVyApAGCe5BjGvc9m9Obsgs
4ocK1JmkjSLuMVLbzViLJ7qBlgM1BCxXBr+SpK/hfWVHN1X4/4mW+bLMYJoRJlna
GgVBtNBLk+wHTrJeLx0w78J0p9j8v9cDcIeZlVB0SgEx
-----END OpenVPN tls-crypt-v2 client key-----
',4,3,NULL,'dcd57a8404c4494682fedd950ae8fa67');
INSERT INTO "sensors_certificaterequest" VALUES(5,'-----BEGIN CERTIFICATE REQUEST-----
MIHNMHUCAQAwEzERMA8GA1UEAwwId2hhdGV2ZXIwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATXvQ8aIx5lRTK+TOuq4iPgjndkZB8BaCyGwvnMy/58NsxOICPfqipY
xX/q0FNSZ306Y6keGrM0/9PAps8ANsnvoAAwCgYIKoZIzj0EAwIDSAAwRQIhANps
hzfHNtDGpBzB+gMChtVq1PQrAWiiEqmnpAuKXXwLAiAn6pen9Hhn2z/tKKZKbEU3
4HovHNnljMT02VYZHmsmpQ==
-----END CERTIFICATE REQUEST-----
','47bf0ab867679a28535f53dc655fceae606f69c585723c46ffa4b4f2a233fbb9','','','2026-11-26 21:12:03.422077','2026-11-26 21:12:03.456488','','',5,4,NULL,'02c4b0ecfe184620b09bcdf7f7a1cda4');
CREATE TABLE "sensors_diskkeyrelease" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "at" datetime NOT NULL, "outcome" varchar(10) NOT NULL, "reason" varchar(40) NOT NULL, "source_address" char(39) NOT NULL, "public_address" char(39) NULL, "other_addresses" varchar(400) NOT NULL, "serial" varchar(50) NOT NULL, "repeats" integer unsigned NOT NULL CHECK ("repeats" >= 0), "sensor_id" char(32) NOT NULL REFERENCES "sensors_sensor" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "sensors_enrolmentcode" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "digest" varchar(64) NOT NULL UNIQUE, "issued_by" varchar(280) NOT NULL, "issued_at" datetime NOT NULL, "expires_at" datetime NOT NULL, "used_at" datetime NULL, "revoked_at" datetime NULL, "announced_at" datetime NULL, "confirmed_at" datetime NULL, "gateway_id" char(32) NULL REFERENCES "sensors_gateway" ("id") DEFERRABLE INITIALLY DEFERRED, "approval_id" char(32) NULL UNIQUE REFERENCES "tenants_approval" ("id") DEFERRABLE INITIALLY DEFERRED, "sensor_id" char(32) NULL REFERENCES "sensors_sensor" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "code_is_for_one_machine" CHECK ((("gateway_id" IS NOT NULL AND "sensor_id" IS NULL) OR ("gateway_id" IS NULL AND "sensor_id" IS NOT NULL))));
INSERT INTO "sensors_enrolmentcode" VALUES(1,'ec97c3d5466fe702916714734ee5a519fa8a6bedd74d83a69c6218069a08c567','process:seed_demo','2026-11-26 21:12:03.228914','2026-12-03 21:12:03.228914','2026-11-26 21:12:03.403616',NULL,NULL,NULL,NULL,NULL,'de31c4d2c4f84b078e2208443b0ce16d');
INSERT INTO "sensors_enrolmentcode" VALUES(2,'f3800a6cec6c8ec30ac223d12f418e891efef647b2d5ba818825c91ee1386a8c','process:seed_demo','2026-11-26 21:12:03.234677','2026-12-03 21:12:03.234677','2026-11-26 21:12:03.410511',NULL,NULL,NULL,NULL,NULL,'26ffb74a2dd64efeb06f63062b05553c');
INSERT INTO "sensors_enrolmentcode" VALUES(3,'0bca47551bf41b3bb1765d3dcca598ea050fe7adce8bd0b9dfb7b8cd1b563816','process:seed_demo','2026-11-26 21:12:03.240264','2026-12-03 21:12:03.240264','2026-11-26 21:12:03.416976',NULL,NULL,NULL,NULL,NULL,'dcd57a8404c4494682fedd950ae8fa67');
INSERT INTO "sensors_enrolmentcode" VALUES(4,'9384790170980e670e41b3b2598dc62972bce77da747a7465fcbd80d6c4e4cea','process:seed_demo','2026-11-26 21:12:03.245596','2026-12-03 21:12:03.245596','2026-11-26 21:12:03.422077',NULL,NULL,NULL,NULL,NULL,'02c4b0ecfe184620b09bcdf7f7a1cda4');
INSERT INTO "sensors_enrolmentcode" VALUES(5,'43a4af66e885209f4427c402ef374b42d889f26f7b26463e14a4ea72647ce86c','process:seed_demo','2026-11-26 21:12:03.246965','2026-12-03 21:12:03.246965','2026-11-26 21:12:03.396322',NULL,NULL,NULL,'29e4f76458b449a3a15470bd4cd6ab5e',NULL,NULL);
CREATE TABLE "sensors_gateway" ("id" char(32) NOT NULL PRIMARY KEY, "name" varchar(32) NOT NULL UNIQUE, "subject" varchar(20) NOT NULL UNIQUE, "host" varchar(253) NOT NULL, "port" integer unsigned NOT NULL CHECK ("port" >= 0), "network" varchar(18) NOT NULL, "base_networks" text NOT NULL CHECK ((JSON_VALID("base_networks") OR "base_networks" IS NULL)), "generation" bigint NOT NULL, "config_generation" bigint NOT NULL, "next_address_offset" bigint unsigned NOT NULL CHECK ("next_address_offset" >= 0), "registered_at" datetime NOT NULL, "subject_since" datetime NOT NULL, "revoked_at" datetime NULL, "revoked_because" text NOT NULL, "revoked_by_id" bigint NULL REFERENCES "tenants_person" ("id") DEFERRABLE INITIALLY DEFERRED);
INSERT INTO "sensors_gateway" VALUES('29e4f76458b449a3a15470bd4cd6ab5e','gateway-1','g-kcxvgyaga3mf','198.51.100.1',1194,'10.88.0.0/16','["10.20.0.0/24"]',11,1,6,'2026-11-26 21:12:02.232572','2026-11-26 21:12:02.232576',NULL,'',NULL);
CREATE TABLE "sensors_gatewaycontact" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "last_report_at" datetime NOT NULL, "last_sequence" bigint NOT NULL, "observed_generation" bigint NOT NULL, "agent_version" varchar(40) NOT NULL, "openvpn_version" varchar(80) NOT NULL, "problems" text NOT NULL CHECK ((JSON_VALID("problems") OR "problems" IS NULL)), "gateway_id" char(32) NOT NULL UNIQUE REFERENCES "sensors_gateway" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "sensors_gatewayslot" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "generation" bigint NOT NULL, "gateway_id" char(32) NOT NULL REFERENCES "sensors_gateway" ("id") DEFERRABLE INITIALLY DEFERRED, "sensor_id" char(32) NOT NULL REFERENCES "sensors_sensor" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_slot_per_gateway_and_sensor" UNIQUE ("gateway_id", "sensor_id"));
INSERT INTO "sensors_gatewayslot" VALUES(1,10,'29e4f76458b449a3a15470bd4cd6ab5e','de31c4d2c4f84b078e2208443b0ce16d');
INSERT INTO "sensors_gatewayslot" VALUES(2,7,'29e4f76458b449a3a15470bd4cd6ab5e','26ffb74a2dd64efeb06f63062b05553c');
INSERT INTO "sensors_gatewayslot" VALUES(3,8,'29e4f76458b449a3a15470bd4cd6ab5e','dcd57a8404c4494682fedd950ae8fa67');
INSERT INTO "sensors_gatewayslot" VALUES(4,11,'29e4f76458b449a3a15470bd4cd6ab5e','02c4b0ecfe184620b09bcdf7f7a1cda4');
CREATE TABLE "sensors_keypermit" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "public_address" char(39) NOT NULL, "permitted_at" datetime NOT NULL, "expires_at" datetime NOT NULL, "used_at" datetime NULL, "announced_at" datetime NULL, "permitted_by_id" bigint NOT NULL REFERENCES "tenants_person" ("id") DEFERRABLE INITIALLY DEFERRED, "sensor_id" char(32) NOT NULL REFERENCES "sensors_sensor" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "sensors_measure" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(30) NOT NULL, "done_at" datetime NULL, "detail" varchar(200) NOT NULL, "case_id" char(32) NOT NULL REFERENCES "sensors_case" ("id") DEFERRABLE INITIALLY DEFERRED, "gateway_id" char(32) NULL REFERENCES "sensors_gateway" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_measure_per_gateway" UNIQUE ("case_id", "kind", "gateway_id"));
INSERT INTO "sensors_measure" VALUES(1,'key-withheld','2026-11-26 21:12:03.478796','','ecc8d3030c6a4049b957b458870022df',NULL);
INSERT INTO "sensors_measure" VALUES(2,'certificate-revoked','2026-11-26 21:12:03.478796','','ecc8d3030c6a4049b957b458870022df',NULL);
INSERT INTO "sensors_measure" VALUES(3,'session-ended',NULL,'','ecc8d3030c6a4049b957b458870022df','29e4f76458b449a3a15470bd4cd6ab5e');
INSERT INTO "sensors_measure" VALUES(4,'firewall-closed',NULL,'','ecc8d3030c6a4049b957b458870022df','29e4f76458b449a3a15470bd4cd6ab5e');
CREATE TABLE "sensors_sensor" ("id" char(32) NOT NULL PRIMARY KEY, "name" varchar(32) NOT NULL, "description" varchar(120) NOT NULL, "hardware_serial" varchar(60) NOT NULL, "line" varchar(10) NOT NULL, "subject" varchar(20) NOT NULL UNIQUE, "state" varchar(20) NOT NULL, "registered_at" datetime NOT NULL, "enrolled_anew_with_id" bigint NULL REFERENCES "sensors_enrolmentcode" ("id") DEFERRABLE INITIALLY DEFERRED, "gateway_id" char(32) NOT NULL REFERENCES "sensors_gateway" ("id") DEFERRABLE INITIALLY DEFERRED, "site_id" char(32) NOT NULL REFERENCES "tenants_site" ("id") DEFERRABLE INITIALLY DEFERRED, "underlay_address_id" bigint NOT NULL REFERENCES "sensors_underlayaddress" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "sensor_name_once_per_site" UNIQUE ("site_id", "name"));
INSERT INTO "sensors_sensor" VALUES('de31c4d2c4f84b078e2208443b0ce16d','harbour-rack2','Grey box in rack 2, top, yellow label','SN-4471-A','2.4','s-55gbbucofych','reported','2026-11-26 21:12:03.220716',NULL,'29e4f76458b449a3a15470bd4cd6ab5e','3c2784f3680a477a89e93e6b1a934550',1);
INSERT INTO "sensors_sensor" VALUES('26ffb74a2dd64efeb06f63062b05553c','harbour-gate','Small black box in the gatehouse cabinet','SN-4471-B','2.4','s-oziugwwzdldy','in-service','2026-11-26 21:12:03.229667',NULL,'29e4f76458b449a3a15470bd4cd6ab5e','3c2784f3680a477a89e93e6b1a934550',2);
INSERT INTO "sensors_sensor" VALUES('dcd57a8404c4494682fedd950ae8fa67','meadow-server','Server room, second shelf','SN-5203-A','2.4','s-3glfonvqiokx','in-service','2026-11-26 21:12:03.235295',NULL,'29e4f76458b449a3a15470bd4cd6ab5e','618f1c59d14f48d49ce1b0fd19ede185',3);
INSERT INTO "sensors_sensor" VALUES('02c4b0ecfe184620b09bcdf7f7a1cda4','meadow-lab','Under the desk in the laboratory','SN-5203-B','classic','s-jyl6bpxv5zfw','retired','2026-11-26 21:12:03.240790',NULL,'29e4f76458b449a3a15470bd4cd6ab5e','618f1c59d14f48d49ce1b0fd19ede185',4);
CREATE TABLE "sensors_sensorcontact" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "last_heartbeat_at" datetime NULL, "disk" varchar(10) NOT NULL, "kit_version" varchar(40) NOT NULL, "sensor_id" char(32) NOT NULL UNIQUE REFERENCES "sensors_sensor" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "sensors_session" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "public_address" char(39) NOT NULL, "underlay_address" char(39) NOT NULL, "since" datetime NOT NULL, "client" bigint unsigned NOT NULL CHECK ("client" >= 0), "serial" varchar(50) NOT NULL, "noted_at" datetime NOT NULL, "reported_at" datetime NOT NULL, "bytes_received" bigint unsigned NOT NULL CHECK ("bytes_received" >= 0), "bytes_sent" bigint unsigned NOT NULL CHECK ("bytes_sent" >= 0), "ended_at" datetime NULL, "gateway_id" char(32) NOT NULL REFERENCES "sensors_gateway" ("id") DEFERRABLE INITIALLY DEFERRED, "sensor_id" char(32) NOT NULL REFERENCES "sensors_sensor" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "sensors_sessionquestion" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "subjects" text NOT NULL CHECK ((JSON_VALID("subjects") OR "subjects" IS NULL)), "asked_at" datetime NOT NULL, "answered_at" datetime NULL, "answer" text NULL CHECK ((JSON_VALID("answer") OR "answer" IS NULL)), "gateway_id" char(32) NOT NULL REFERENCES "sensors_gateway" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "sensors_sighting" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "at" datetime NOT NULL, "told_at" datetime NOT NULL, "first_at" datetime NOT NULL, "received_at" datetime NOT NULL, "times" integer unsigned NOT NULL CHECK ("times" >= 0), "source_address" char(39) NOT NULL, "serial" varchar(50) NOT NULL, "line" text NOT NULL, "case_id" char(32) NOT NULL REFERENCES "sensors_case" ("id") DEFERRABLE INITIALLY DEFERRED, "gateway_id" char(32) NULL REFERENCES "sensors_gateway" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "sensors_underlayaddress" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "address" char(39) NOT NULL UNIQUE, "allocated_at" datetime NOT NULL, "released_at" datetime NULL, "gateway_id" char(32) NOT NULL REFERENCES "sensors_gateway" ("id") DEFERRABLE INITIALLY DEFERRED);
INSERT INTO "sensors_underlayaddress" VALUES(1,'10.88.0.2','2026-11-26 21:12:03.222680',NULL,'29e4f76458b449a3a15470bd4cd6ab5e');
INSERT INTO "sensors_underlayaddress" VALUES(2,'10.88.0.3','2026-11-26 21:12:03.231544',NULL,'29e4f76458b449a3a15470bd4cd6ab5e');
INSERT INTO "sensors_underlayaddress" VALUES(3,'10.88.0.4','2026-11-26 21:12:03.237000',NULL,'29e4f76458b449a3a15470bd4cd6ab5e');
INSERT INTO "sensors_underlayaddress" VALUES(4,'10.88.0.5','2026-11-26 21:12:03.242529','2026-11-26 21:12:03.490026','29e4f76458b449a3a15470bd4cd6ab5e');
CREATE TABLE "tenants_accountchange" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "step" varchar(40) NOT NULL, "role" varchar(20) NOT NULL, "at" datetime NOT NULL, "customer_id" char(32) NULL REFERENCES "tenants_customer" ("id") DEFERRABLE INITIALLY DEFERRED, "made_by_id" bigint NULL REFERENCES "tenants_person" ("id") DEFERRABLE INITIALLY DEFERRED, "person_id" bigint NOT NULL REFERENCES "tenants_person" ("id") DEFERRABLE INITIALLY DEFERRED);
INSERT INTO "tenants_accountchange" VALUES(1,'person:add','','2026-11-26 21:12:01.904933',NULL,NULL,1);
INSERT INTO "tenants_accountchange" VALUES(2,'person:role:grant','administrator','2026-11-26 21:12:01.912859',NULL,NULL,1);
INSERT INTO "tenants_accountchange" VALUES(3,'person:add','','2026-11-26 21:12:02.228389',NULL,NULL,2);
INSERT INTO "tenants_accountchange" VALUES(4,'person:role:grant','operator','2026-11-26 21:12:02.231897',NULL,NULL,2);
INSERT INTO "tenants_accountchange" VALUES(5,'person:add','','2026-11-26 21:12:02.577039',NULL,NULL,3);
INSERT INTO "tenants_accountchange" VALUES(6,'person:role:grant','contact','2026-11-26 21:12:02.579860','8b478cbabd234dd196c90713f01e73c6',NULL,3);
INSERT INTO "tenants_accountchange" VALUES(7,'person:add','','2026-11-26 21:12:02.896760',NULL,NULL,4);
INSERT INTO "tenants_accountchange" VALUES(8,'person:role:grant','manager','2026-11-26 21:12:02.899006','8b478cbabd234dd196c90713f01e73c6',NULL,4);
INSERT INTO "tenants_accountchange" VALUES(9,'person:add','','2026-11-26 21:12:03.214119',NULL,NULL,5);
INSERT INTO "tenants_accountchange" VALUES(10,'person:role:grant','contact','2026-11-26 21:12:03.216698','e9ca7e42e9a54e4aacbcb42f0ba28ad0',NULL,5);
CREATE TABLE "tenants_announcement" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "about" varchar(120) NOT NULL UNIQUE, "mails" text NOT NULL CHECK ((JSON_VALID("mails") OR "mails" IS NULL)), "queued_at" datetime NOT NULL, "announced_at" datetime NULL);
CREATE TABLE "tenants_approval" ("id" char(32) NOT NULL PRIMARY KEY, "action" varchar(40) NOT NULL, "about" varchar(280) NOT NULL, "details" text NOT NULL CHECK ((JSON_VALID("details") OR "details" IS NULL)), "reason" text NOT NULL, "requested_at" datetime NOT NULL, "expires_at" datetime NOT NULL, "verdict" varchar(10) NOT NULL, "decided_at" datetime NULL, "decided_by_id" bigint NULL REFERENCES "tenants_person" ("id") DEFERRABLE INITIALLY DEFERRED, "requested_by_id" bigint NOT NULL REFERENCES "tenants_person" ("id") DEFERRABLE INITIALLY DEFERRED, "customer_id" char(32) NULL REFERENCES "tenants_customer" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "approved_by_another" CHECK ((NOT ("verdict" = 'approved') OR ("decided_at" IS NOT NULL AND "decided_by_id" IS NOT NULL AND NOT ("decided_by_id" = ("requested_by_id") AND "decided_by_id" IS NOT NULL)))));
CREATE TABLE "tenants_auditchain" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(60) NOT NULL UNIQUE, "length" bigint NOT NULL, "head_hash" varchar(64) NOT NULL, "customer_id" char(32) NULL UNIQUE REFERENCES "tenants_customer" ("id") DEFERRABLE INITIALLY DEFERRED);
INSERT INTO "tenants_auditchain" VALUES(1,'provider',11,'b7913c1e0ca1f82be9f375bfa6511a074ce437454e8a4e4e227534a96bbf491e',NULL);
INSERT INTO "tenants_auditchain" VALUES(2,'customer:8b478cba-bd23-4dd1-96c9-0713f01e73c6',17,'9a2d67481a0690f86db9939fa3c15c95cf2b9d080d19efdd21f3213c35389e55','8b478cbabd234dd196c90713f01e73c6');
INSERT INTO "tenants_auditchain" VALUES(3,'customer:e9ca7e42-e9a5-4e4a-acbc-b42f0ba28ad0',14,'1fb50b4bc686b365c0a7766ba44b2d917f7714ff36cd7bd2d5937748015f9d99','e9ca7e42e9a54e4aacbcb42f0ba28ad0');
CREATE TABLE "tenants_auditentry" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "sequence" bigint NOT NULL, "at" datetime NOT NULL, "actor" varchar(280) NOT NULL, "action" varchar(60) NOT NULL, "subject" varchar(200) NOT NULL, "details" text NOT NULL CHECK ((JSON_VALID("details") OR "details" IS NULL)), "previous_hash" varchar(64) NOT NULL, "hash" varchar(64) NOT NULL, "chain_id" bigint NOT NULL REFERENCES "tenants_auditchain" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "audit_sequence_once" UNIQUE ("chain_id", "sequence"));
INSERT INTO "tenants_auditentry" VALUES(1,1,'2026-11-26 21:12:01.908448','process:seed_demo','person:add','olga@provider.example','{"name": "Olga Okafor"}','e7285c7708aeec957d096e77f48d398e3f67211edaf9162f956285fdc1e370ca','576559b34974d704f40d0e6fabfd65504837ed237a5f40d616a4a4b3e4f2bd78',1);
INSERT INTO "tenants_auditentry" VALUES(2,2,'2026-11-26 21:12:01.913137','process:seed_demo','person:role:grant','olga@provider.example','{"role": "administrator"}','576559b34974d704f40d0e6fabfd65504837ed237a5f40d616a4a4b3e4f2bd78','1b8c3a00a373f5349a6c7c4b61ddfe727a05aa8665c37ebc0a03015c503de5db',1);
INSERT INTO "tenants_auditentry" VALUES(3,3,'2026-11-26 21:12:02.228695','process:seed_demo','person:add','otto@provider.example','{"name": "Otto Operator"}','1b8c3a00a373f5349a6c7c4b61ddfe727a05aa8665c37ebc0a03015c503de5db','0274624209a91fe61b204da01135aaafa3748bcee07bd0b53e3e5c322b1a9a4e',1);
INSERT INTO "tenants_auditentry" VALUES(4,4,'2026-11-26 21:12:02.232162','process:seed_demo','person:role:grant','otto@provider.example','{"role": "operator"}','0274624209a91fe61b204da01135aaafa3748bcee07bd0b53e3e5c322b1a9a4e','2638980d0e1d298c738ef1b8265b305a41ce19733b1a4ec57e07d1a2913c5191',1);
INSERT INTO "tenants_auditentry" VALUES(5,5,'2026-11-26 21:12:02.233283','process:seed_demo','gateway:register','gateway:g-kcxvgyaga3mf','{"host": "198.51.100.1", "port": 1194, "network": "10.88.0.0/16", "base": ["10.20.0.0/24"]}','2638980d0e1d298c738ef1b8265b305a41ce19733b1a4ec57e07d1a2913c5191','2f142e2b9d4efb572e77b8a93083b02fadc7d0588d0ff9620b146901f2bbfbde',1);
INSERT INTO "tenants_auditentry" VALUES(6,1,'2026-11-26 21:12:02.249887','process:seed_demo','customer:register','customer:harbour','{"name": "Harbour Logistics", "change_delay_minutes": 0, "two_people_for_changes": false}','f503d82abc55c36277284860d9f4e02773a6351b907a7ef1857b45a9672d9239','659614c3f83ffd8e4e84ee055d460da34a569ff62e2f28090711dc58ec9ec094',2);
INSERT INTO "tenants_auditentry" VALUES(7,1,'2026-11-26 21:12:02.256191','process:seed_demo','customer:register','customer:meadow','{"name": "Meadow Dairy", "change_delay_minutes": 0, "two_people_for_changes": false}','0f8b3e072a58b8b78965f5f169cae78efc369e6f478ac862d3cd6c324d85e4b0','be633c1d4b955ee826a888f6df7adf435878da1c38c9efc3e1f8cb19458a47ac',3);
INSERT INTO "tenants_auditentry" VALUES(8,6,'2026-11-26 21:12:02.577459','process:seed_demo','person:add','anna@harbour.example','{"name": "Anna Adeyemi"}','2f142e2b9d4efb572e77b8a93083b02fadc7d0588d0ff9620b146901f2bbfbde','4c4694149f447911aaeb1d24f283e89415420caf025eafa1cfad909bf23742e8',1);
INSERT INTO "tenants_auditentry" VALUES(9,2,'2026-11-26 21:12:02.580152','process:seed_demo','person:role:grant','anna@harbour.example','{"role": "contact"}','659614c3f83ffd8e4e84ee055d460da34a569ff62e2f28090711dc58ec9ec094','bd065cf75682fb2c191ef51a9bff91f4c927621c98df4c09dee916013b9167a7',2);
INSERT INTO "tenants_auditentry" VALUES(10,7,'2026-11-26 21:12:02.897057','process:seed_demo','person:add','maria@harbour.example','{"name": "Maria Moss"}','4c4694149f447911aaeb1d24f283e89415420caf025eafa1cfad909bf23742e8','5d3d59c2d09ea77fbe44a98a433a08aec3860efdac5e3c12f7947846d6d2ce7e',1);
INSERT INTO "tenants_auditentry" VALUES(11,3,'2026-11-26 21:12:02.899356','process:seed_demo','person:role:grant','maria@harbour.example','{"role": "manager"}','bd065cf75682fb2c191ef51a9bff91f4c927621c98df4c09dee916013b9167a7','bf3d5b109953e6d40285446d4e482cb60c31aae9e2c84316e579b95d188bbc5c',2);
INSERT INTO "tenants_auditentry" VALUES(12,8,'2026-11-26 21:12:03.214519','process:seed_demo','person:add','ben@meadow.example','{"name": "Ben Brandt"}','5d3d59c2d09ea77fbe44a98a433a08aec3860efdac5e3c12f7947846d6d2ce7e','e43aa5655e21d367b6d862353f705b48261847d6bb5fa49033b8e6398362ddac',1);
INSERT INTO "tenants_auditentry" VALUES(13,2,'2026-11-26 21:12:03.217050','process:seed_demo','person:role:grant','ben@meadow.example','{"role": "contact"}','be633c1d4b955ee826a888f6df7adf435878da1c38c9efc3e1f8cb19458a47ac','17aaba5da7c24fd45f54d51dd6e7534eebb08d0c3ff977fad2945d934b9a32cc',3);
INSERT INTO "tenants_auditentry" VALUES(14,4,'2026-11-26 21:12:03.218911','process:seed_demo','site:register','site:3c2784f3-680a-477a-89e9-3e6b1a934550','{"name": "Quay 7 warehouse", "expected_networks": ["198.51.100.21/32"]}','bf3d5b109953e6d40285446d4e482cb60c31aae9e2c84316e579b95d188bbc5c','ab26bdc7c9ebad1bf5e893f1618afeec618e062fdb1ce799fd3253d74f008759',2);
INSERT INTO "tenants_auditentry" VALUES(15,3,'2026-11-26 21:12:03.220404','process:seed_demo','site:register','site:618f1c59-d14f-48d4-9ce1-b0fd19ede185','{"name": "Dairy North", "expected_networks": ["198.51.100.22/32"]}','17aaba5da7c24fd45f54d51dd6e7534eebb08d0c3ff977fad2945d934b9a32cc','4f29ca967d3efd564f06a865dd23a09bfc2ef22e7dcf47d559ac14281987adbc',3);
INSERT INTO "tenants_auditentry" VALUES(16,5,'2026-11-26 21:12:03.225744','process:seed_demo','sensor:register','sensor:s-55gbbucofych','{"name": "harbour-rack2", "site": "Quay 7 warehouse", "gateway": "gateway-1", "address": "10.88.0.2"}','ab26bdc7c9ebad1bf5e893f1618afeec618e062fdb1ce799fd3253d74f008759','2e93a3697322ccfeb9c57ea28eeba8c3345e10703ee7aaa6c557e0f48c333dc2',2);
INSERT INTO "tenants_auditentry" VALUES(17,6,'2026-11-26 21:12:03.229407','process:seed_demo','sensor:enrolment-code:issue','sensor:s-55gbbucofych','{"expires_at": "2026-12-03T21:12:03.228914+00:00"}','2e93a3697322ccfeb9c57ea28eeba8c3345e10703ee7aaa6c557e0f48c333dc2','374d52180ed83eddfd8bc4214525087d5f6fa77b42937e0cc090e58bea11018a',2);
INSERT INTO "tenants_auditentry" VALUES(18,7,'2026-11-26 21:12:03.233599','process:seed_demo','sensor:register','sensor:s-oziugwwzdldy','{"name": "harbour-gate", "site": "Quay 7 warehouse", "gateway": "gateway-1", "address": "10.88.0.3"}','374d52180ed83eddfd8bc4214525087d5f6fa77b42937e0cc090e58bea11018a','4bdb923c14cd8b5963252e68985d3533fb2b62b36bd3c2d476af3734fce265bd',2);
INSERT INTO "tenants_auditentry" VALUES(19,8,'2026-11-26 21:12:03.235008','process:seed_demo','sensor:enrolment-code:issue','sensor:s-oziugwwzdldy','{"expires_at": "2026-12-03T21:12:03.234677+00:00"}','4bdb923c14cd8b5963252e68985d3533fb2b62b36bd3c2d476af3734fce265bd','92ddab6de0d6461740949b0afc525db9050241d58acfeb75d3e2f1bf200ea31b',2);
INSERT INTO "tenants_auditentry" VALUES(20,4,'2026-11-26 21:12:03.239275','process:seed_demo','sensor:register','sensor:s-3glfonvqiokx','{"name": "meadow-server", "site": "Dairy North", "gateway": "gateway-1", "address": "10.88.0.4"}','4f29ca967d3efd564f06a865dd23a09bfc2ef22e7dcf47d559ac14281987adbc','05e24d6c3100a4ea3ad7e3e693b0010b1f04f6348dff5f0e8cdc61f695badef0',3);
INSERT INTO "tenants_auditentry" VALUES(21,5,'2026-11-26 21:12:03.240577','process:seed_demo','sensor:enrolment-code:issue','sensor:s-3glfonvqiokx','{"expires_at": "2026-12-03T21:12:03.240264+00:00"}','05e24d6c3100a4ea3ad7e3e693b0010b1f04f6348dff5f0e8cdc61f695badef0','075393beec7b4a3f61a45589301797d01ba42101129f85b58014a8dff98b6c95',3);
INSERT INTO "tenants_auditentry" VALUES(22,6,'2026-11-26 21:12:03.244673','process:seed_demo','sensor:register','sensor:s-jyl6bpxv5zfw','{"name": "meadow-lab", "site": "Dairy North", "gateway": "gateway-1", "address": "10.88.0.5"}','075393beec7b4a3f61a45589301797d01ba42101129f85b58014a8dff98b6c95','85fe40c352754b4096c23b12c737922b3357333db361e5244a00c8da2ea505aa',3);
INSERT INTO "tenants_auditentry" VALUES(23,7,'2026-11-26 21:12:03.245896','process:seed_demo','sensor:enrolment-code:issue','sensor:s-jyl6bpxv5zfw','{"expires_at": "2026-12-03T21:12:03.245596+00:00"}','85fe40c352754b4096c23b12c737922b3357333db361e5244a00c8da2ea505aa','6d8d794f669b705598ebcc5d85e7e01d931312d7bf865284e88a303fe7238a28',3);
INSERT INTO "tenants_auditentry" VALUES(24,9,'2026-11-26 21:12:03.247387','process:seed_demo','gateway:enrolment-code:issue','gateway:g-kcxvgyaga3mf','{"expires_at": "2026-12-03T21:12:03.246965+00:00"}','e43aa5655e21d367b6d862353f705b48261847d6bb5fa49033b8e6398362ddac','fdfbee39012997b5854cea7115f6f8ec74f2cba269ca34d95c7d0fa72fdbb674',1);
INSERT INTO "tenants_auditentry" VALUES(25,10,'2026-11-26 21:12:03.397709','machine:g-kcxvgyaga3mf','gateway:enrolment:request','gateway:g-kcxvgyaga3mf','{"source": "198.51.100.21", "key": "91dde057403104722f761d84ec6492881263c6691f77be48a55c350acfae92d0"}','fdfbee39012997b5854cea7115f6f8ec74f2cba269ca34d95c7d0fa72fdbb674','493d31824744e7236dc65cad041981be06120045e9b6dc3a1f0f838e1a7a559b',1);
INSERT INTO "tenants_auditentry" VALUES(26,9,'2026-11-26 21:12:03.407058','machine:s-55gbbucofych','sensor:enrolment:request','sensor:s-55gbbucofych','{"source": "198.51.100.21", "key": "4f79d2c5744d9ed4eaddf00c55a65650f0cb25cbf2d6f1fd233c80de7873863a"}','92ddab6de0d6461740949b0afc525db9050241d58acfeb75d3e2f1bf200ea31b','bc7b51723d79993f26e79ac413d61e7a4ff260b804a38928f303719a8f19e8fb',2);
INSERT INTO "tenants_auditentry" VALUES(27,10,'2026-11-26 21:12:03.413335','machine:s-oziugwwzdldy','sensor:enrolment:request','sensor:s-oziugwwzdldy','{"source": "198.51.100.21", "key": "6bb5db97440d31c88764a2d1f7febb341ce2b55a86dc40ce525ed0df27d7edaf"}','bc7b51723d79993f26e79ac413d61e7a4ff260b804a38928f303719a8f19e8fb','11b787e21797c4daeed9ee532f55c9299d10f286e27ad4bbb54fea6122e97834',2);
INSERT INTO "tenants_auditentry" VALUES(28,8,'2026-11-26 21:12:03.418647','machine:s-3glfonvqiokx','sensor:enrolment:request','sensor:s-3glfonvqiokx','{"source": "198.51.100.21", "key": "74484b00b07380c578f152faa65a4cba8b4a76dc1b5ea88d9c54ef1275db272d"}','6d8d794f669b705598ebcc5d85e7e01d931312d7bf865284e88a303fe7238a28','199a998f41d4d7c5257501dd3694a53b059f51a793ea0b18dc91d0254f93543c',3);
INSERT INTO "tenants_auditentry" VALUES(29,9,'2026-11-26 21:12:03.424045','machine:s-jyl6bpxv5zfw','sensor:enrolment:request','sensor:s-jyl6bpxv5zfw','{"source": "198.51.100.21", "key": "98a79c63e0bc7e0e3d9ce5cf6bfffaa3d2bee9f5cf75a2b525acc83e32dad42c"}','199a998f41d4d7c5257501dd3694a53b059f51a793ea0b18dc91d0254f93543c','c6366a273deeb4c417b36cd47d3afc951b8d41452c35b5a4b3da59c90411b0d1',3);
INSERT INTO "tenants_auditentry" VALUES(30,11,'2026-11-26 21:12:03.435263','process:signer','certificate:issue','gateway:g-kcxvgyaga3mf','{"serial": "29702958630685835696032196892840681282194256526", "not_after": "2027-11-26T21:12:03+00:00"}','493d31824744e7236dc65cad041981be06120045e9b6dc3a1f0f838e1a7a559b','b7913c1e0ca1f82be9f375bfa6511a074ce437454e8a4e4e227534a96bbf491e',1);
INSERT INTO "tenants_auditentry" VALUES(31,11,'2026-11-26 21:12:03.441209','process:signer','sensor:state:change','sensor:s-55gbbucofych','{"from": "registered", "to": "in-service"}','11b787e21797c4daeed9ee532f55c9299d10f286e27ad4bbb54fea6122e97834','2ab688a121a710e99af736c1737d475a81a1fcbbfad3a689f3bac30485c868be',2);
INSERT INTO "tenants_auditentry" VALUES(32,12,'2026-11-26 21:12:03.441371','process:signer','certificate:issue','sensor:s-55gbbucofych','{"serial": "220028863638033322707650982247133593658704583526", "not_after": "2027-02-24T21:12:03+00:00"}','2ab688a121a710e99af736c1737d475a81a1fcbbfad3a689f3bac30485c868be','871cd82ba2729c7bc4eaa586599264bf88c3389d8571cac9c5c01001d89db048',2);
INSERT INTO "tenants_auditentry" VALUES(33,13,'2026-11-26 21:12:03.446635','process:signer','sensor:state:change','sensor:s-oziugwwzdldy','{"from": "registered", "to": "in-service"}','871cd82ba2729c7bc4eaa586599264bf88c3389d8571cac9c5c01001d89db048','e74e305fb1313128c7418aa39ca7edfa09d888070875921bf4ab141225f029dc',2);
INSERT INTO "tenants_auditentry" VALUES(34,14,'2026-11-26 21:12:03.446797','process:signer','certificate:issue','sensor:s-oziugwwzdldy','{"serial": "636146018093882186179052106380035399327383173292", "not_after": "2027-02-24T21:12:03+00:00"}','e74e305fb1313128c7418aa39ca7edfa09d888070875921bf4ab141225f029dc','fba99a398075c28e0ab803b63779a195f1026cd920bfc2830d3baedd64d82423',2);
INSERT INTO "tenants_auditentry" VALUES(35,10,'2026-11-26 21:12:03.452290','process:signer','sensor:state:change','sensor:s-3glfonvqiokx','{"from": "registered", "to": "in-service"}','c6366a273deeb4c417b36cd47d3afc951b8d41452c35b5a4b3da59c90411b0d1','cb23a50283ec0491159e9390747d6a542a29b895b50afff60aa967d03a13e6aa',3);
INSERT INTO "tenants_auditentry" VALUES(36,11,'2026-11-26 21:12:03.452455','process:signer','certificate:issue','sensor:s-3glfonvqiokx','{"serial": "41411010342985158079335193159963067925849542407", "not_after": "2027-02-24T21:12:03+00:00"}','cb23a50283ec0491159e9390747d6a542a29b895b50afff60aa967d03a13e6aa','6619ab0b7a2b930ce047f6dbfa853f2212bd9ac4a07b8303b76f4f442ba89f20',3);
INSERT INTO "tenants_auditentry" VALUES(37,12,'2026-11-26 21:12:03.457958','process:signer','sensor:state:change','sensor:s-jyl6bpxv5zfw','{"from": "registered", "to": "in-service"}','6619ab0b7a2b930ce047f6dbfa853f2212bd9ac4a07b8303b76f4f442ba89f20','8ecf7bf7f8fd5d795c09e67dbed4a2a5eaec6826330062725c1b427bd7e247da',3);
INSERT INTO "tenants_auditentry" VALUES(38,13,'2026-11-26 21:12:03.458119','process:signer','certificate:issue','sensor:s-jyl6bpxv5zfw','{"serial": "331039294460313364169052530408889248289524562097", "not_after": "2027-02-24T21:12:03+00:00"}','8ecf7bf7f8fd5d795c09e67dbed4a2a5eaec6826330062725c1b427bd7e247da','98c20cb997532e2d5dd924f4b28fa3976a65508e69f109602f204b48045c1d3a',3);
INSERT INTO "tenants_auditentry" VALUES(39,15,'2026-11-26 21:12:03.478392','person:anna@harbour.example','case:open','case:ecc8d303-0c6a-4049-b957-b458870022df','{"sensor": "s-55gbbucofych", "kind": "stolen"}','fba99a398075c28e0ab803b63779a195f1026cd920bfc2830d3baedd64d82423','5af2f4f8890425691ab90d2b533eff63c5a4fd77c8ac1a4d7b654094bed44789',2);
INSERT INTO "tenants_auditentry" VALUES(40,16,'2026-11-26 21:12:03.478607','person:anna@harbour.example','sensor:state:change','sensor:s-55gbbucofych','{"from": "in-service", "to": "reported"}','5af2f4f8890425691ab90d2b533eff63c5a4fd77c8ac1a4d7b654094bed44789','b38589d9005704bb34d52f2ea05ce581f2f1ab69a61367964fefa4793cb00ddb',2);
INSERT INTO "tenants_auditentry" VALUES(41,17,'2026-11-26 21:12:03.478723','person:anna@harbour.example','certificate:revoke','sensor:s-55gbbucofych','{"serials": ["220028863638033322707650982247133593658704583526"], "case": "ecc8d303-0c6a-4049-b957-b458870022df"}','b38589d9005704bb34d52f2ea05ce581f2f1ab69a61367964fefa4793cb00ddb','9a2d67481a0690f86db9939fa3c15c95cf2b9d080d19efdd21f3213c35389e55',2);
INSERT INTO "tenants_auditentry" VALUES(42,14,'2026-11-26 21:12:03.489878','process:freeze','sensor:state:change','sensor:s-jyl6bpxv5zfw','{"from": "in-service", "to": "retired"}','98c20cb997532e2d5dd924f4b28fa3976a65508e69f109602f204b48045c1d3a','1fb50b4bc686b365c0a7766ba44b2d917f7714ff36cd7bd2d5937748015f9d99',3);
CREATE TABLE "tenants_customer" ("id" char(32) NOT NULL PRIMARY KEY, "slug" varchar(32) NOT NULL UNIQUE, "name" varchar(120) NOT NULL, "change_delay_minutes" smallint unsigned NOT NULL CHECK ("change_delay_minutes" >= 0), "change_delay_in_force" smallint unsigned NOT NULL CHECK ("change_delay_in_force" >= 0), "two_people_for_changes" bool NOT NULL, "registered_at" datetime NOT NULL);
INSERT INTO "tenants_customer" VALUES('8b478cbabd234dd196c90713f01e73c6','harbour','Harbour Logistics',0,0,0,'2026-11-26 21:12:02.241958');
INSERT INTO "tenants_customer" VALUES('e9ca7e42e9a54e4aacbcb42f0ba28ad0','meadow','Meadow Dairy',0,0,0,'2026-11-26 21:12:02.250142');
CREATE TABLE "tenants_customergroupobjectpermission" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "content_object_id" char(32) NOT NULL REFERENCES "tenants_customer" ("id") DEFERRABLE INITIALLY DEFERRED, "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED, "permission_id" integer NOT NULL REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(1,'8b478cbabd234dd196c90713f01e73c6',1,73);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(2,'8b478cbabd234dd196c90713f01e73c6',1,74);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(3,'8b478cbabd234dd196c90713f01e73c6',1,61);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(4,'8b478cbabd234dd196c90713f01e73c6',1,67);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(5,'8b478cbabd234dd196c90713f01e73c6',1,64);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(6,'8b478cbabd234dd196c90713f01e73c6',1,71);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(7,'8b478cbabd234dd196c90713f01e73c6',1,69);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(8,'8b478cbabd234dd196c90713f01e73c6',1,62);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(9,'8b478cbabd234dd196c90713f01e73c6',1,65);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(10,'8b478cbabd234dd196c90713f01e73c6',1,66);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(11,'8b478cbabd234dd196c90713f01e73c6',1,72);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(12,'8b478cbabd234dd196c90713f01e73c6',1,63);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(13,'8b478cbabd234dd196c90713f01e73c6',1,70);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(14,'8b478cbabd234dd196c90713f01e73c6',1,68);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(15,'8b478cbabd234dd196c90713f01e73c6',2,73);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(16,'8b478cbabd234dd196c90713f01e73c6',2,74);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(17,'8b478cbabd234dd196c90713f01e73c6',2,61);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(18,'8b478cbabd234dd196c90713f01e73c6',2,67);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(19,'8b478cbabd234dd196c90713f01e73c6',2,71);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(20,'8b478cbabd234dd196c90713f01e73c6',2,69);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(21,'8b478cbabd234dd196c90713f01e73c6',2,65);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(22,'8b478cbabd234dd196c90713f01e73c6',2,66);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(23,'8b478cbabd234dd196c90713f01e73c6',2,72);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(24,'8b478cbabd234dd196c90713f01e73c6',2,63);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(25,'8b478cbabd234dd196c90713f01e73c6',2,70);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(26,'8b478cbabd234dd196c90713f01e73c6',2,68);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(27,'8b478cbabd234dd196c90713f01e73c6',3,74);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(28,'8b478cbabd234dd196c90713f01e73c6',3,65);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(29,'8b478cbabd234dd196c90713f01e73c6',3,61);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(30,'8b478cbabd234dd196c90713f01e73c6',3,71);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(31,'8b478cbabd234dd196c90713f01e73c6',4,74);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(32,'8b478cbabd234dd196c90713f01e73c6',4,61);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(33,'8b478cbabd234dd196c90713f01e73c6',4,64);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(34,'8b478cbabd234dd196c90713f01e73c6',4,71);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(35,'8b478cbabd234dd196c90713f01e73c6',4,69);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(36,'8b478cbabd234dd196c90713f01e73c6',4,65);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(37,'8b478cbabd234dd196c90713f01e73c6',4,73);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(38,'8b478cbabd234dd196c90713f01e73c6',4,70);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(39,'8b478cbabd234dd196c90713f01e73c6',5,65);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(40,'8b478cbabd234dd196c90713f01e73c6',5,61);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(41,'8b478cbabd234dd196c90713f01e73c6',5,70);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(42,'8b478cbabd234dd196c90713f01e73c6',5,71);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(43,'8b478cbabd234dd196c90713f01e73c6',6,65);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(44,'8b478cbabd234dd196c90713f01e73c6',6,61);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(45,'8b478cbabd234dd196c90713f01e73c6',6,71);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(46,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',1,73);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(47,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',1,74);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(48,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',1,61);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(49,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',1,67);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(50,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',1,64);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(51,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',1,71);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(52,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',1,69);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(53,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',1,62);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(54,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',1,65);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(55,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',1,66);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(56,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',1,72);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(57,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',1,63);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(58,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',1,70);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(59,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',1,68);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(60,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',2,73);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(61,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',2,74);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(62,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',2,61);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(63,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',2,67);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(64,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',2,71);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(65,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',2,69);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(66,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',2,65);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(67,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',2,66);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(68,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',2,72);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(69,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',2,63);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(70,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',2,70);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(71,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',2,68);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(72,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',3,74);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(73,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',3,65);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(74,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',3,61);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(75,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',3,71);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(76,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',7,74);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(77,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',7,61);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(78,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',7,64);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(79,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',7,71);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(80,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',7,69);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(81,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',7,65);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(82,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',7,73);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(83,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',7,70);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(84,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',8,65);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(85,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',8,61);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(86,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',8,70);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(87,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',8,71);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(88,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',9,65);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(89,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',9,61);
INSERT INTO "tenants_customergroupobjectpermission" VALUES(90,'e9ca7e42e9a54e4aacbcb42f0ba28ad0',9,71);
CREATE TABLE "tenants_customerrolegroup" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "role" varchar(20) NOT NULL, "customer_id" char(32) NOT NULL REFERENCES "tenants_customer" ("id") DEFERRABLE INITIALLY DEFERRED, "group_id" integer NOT NULL UNIQUE REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_group_per_customer_role" UNIQUE ("customer_id", "role"));
INSERT INTO "tenants_customerrolegroup" VALUES(1,'manager','8b478cbabd234dd196c90713f01e73c6',4);
INSERT INTO "tenants_customerrolegroup" VALUES(2,'contact','8b478cbabd234dd196c90713f01e73c6',5);
INSERT INTO "tenants_customerrolegroup" VALUES(3,'viewer','8b478cbabd234dd196c90713f01e73c6',6);
INSERT INTO "tenants_customerrolegroup" VALUES(4,'manager','e9ca7e42e9a54e4aacbcb42f0ba28ad0',7);
INSERT INTO "tenants_customerrolegroup" VALUES(5,'contact','e9ca7e42e9a54e4aacbcb42f0ba28ad0',8);
INSERT INTO "tenants_customerrolegroup" VALUES(6,'viewer','e9ca7e42e9a54e4aacbcb42f0ba28ad0',9);
CREATE TABLE "tenants_person" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "password" varchar(128) NOT NULL, "last_login" datetime NULL, "is_superuser" bool NOT NULL, "email" varchar(254) NOT NULL UNIQUE, "name" varchar(120) NOT NULL, "phone" varchar(40) NOT NULL, "is_active" bool NOT NULL, "is_staff" bool NOT NULL, "date_joined" datetime NOT NULL, "sign_in_generation" integer unsigned NOT NULL CHECK ("sign_in_generation" >= 0));
INSERT INTO "tenants_person" VALUES(1,'pbkdf2_sha256$1000000$AS9MKxsc1gnEXcH8ZwyWzi$oUtQAV9XlFcYAEoJrNnxy31i5nqJJWYoF17p2+4mn20=',NULL,0,'olga@provider.example','Olga Okafor','',1,1,'2026-11-26 21:12:01.548580',0);
INSERT INTO "tenants_person" VALUES(2,'pbkdf2_sha256$1000000$uhVi6v2ChOdBuP7s3dG56X$O7LUzLHB9AjRdYMOaL19bc/Fit9C/ovwaGexW5DjjRk=',NULL,0,'otto@provider.example','Otto Operator','',1,1,'2026-11-26 21:12:01.913424',0);
INSERT INTO "tenants_person" VALUES(3,'pbkdf2_sha256$1000000$AIW1W1EwxYL8rIc8c5Jpq8$vbHdyBrSYXWEDpUKJ8C25ddNoMvko8i810rK3EbUtNo=',NULL,0,'anna@harbour.example','Anna Adeyemi','',1,0,'2026-11-26 21:12:02.256459',0);
INSERT INTO "tenants_person" VALUES(4,'pbkdf2_sha256$1000000$BIPuGkD1TVW7FwlzHhC3fc$axkVo1Dm0XHV8jA3VCUrqXUxQQKI59N85uez9jWq+Fw=',NULL,0,'maria@harbour.example','Maria Moss','',1,0,'2026-11-26 21:12:02.580405',0);
INSERT INTO "tenants_person" VALUES(5,'pbkdf2_sha256$1000000$NTjVhUIYo43GxLlRu5lNdE$s/2G2FZGoBpqDlVR4YEUiCWbU1pSE3yE1jNYV2UGP0I=',NULL,0,'ben@meadow.example','Ben Brandt','',1,0,'2026-11-26 21:12:02.899618',0);
CREATE TABLE "tenants_person_groups" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "person_id" bigint NOT NULL REFERENCES "tenants_person" ("id") DEFERRABLE INITIALLY DEFERRED, "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED);
INSERT INTO "tenants_person_groups" VALUES(1,1,1);
INSERT INTO "tenants_person_groups" VALUES(2,2,2);
INSERT INTO "tenants_person_groups" VALUES(3,3,5);
INSERT INTO "tenants_person_groups" VALUES(4,4,4);
INSERT INTO "tenants_person_groups" VALUES(5,5,8);
CREATE TABLE "tenants_person_user_permissions" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "person_id" bigint NOT NULL REFERENCES "tenants_person" ("id") DEFERRABLE INITIALLY DEFERRED, "permission_id" integer NOT NULL REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "tenants_providerrolegroup" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "role" varchar(20) NOT NULL UNIQUE, "group_id" integer NOT NULL UNIQUE REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED);
INSERT INTO "tenants_providerrolegroup" VALUES(1,'administrator',1);
INSERT INTO "tenants_providerrolegroup" VALUES(2,'operator',2);
INSERT INTO "tenants_providerrolegroup" VALUES(3,'auditor',3);
CREATE TABLE "tenants_site" ("id" char(32) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "expected_networks" text NOT NULL CHECK ((JSON_VALID("expected_networks") OR "expected_networks" IS NULL)), "networks_set_by" varchar(280) NOT NULL, "networks_set_at" datetime NOT NULL, "announced_networks" text NOT NULL CHECK ((JSON_VALID("announced_networks") OR "announced_networks" IS NULL)), "networks_announced_for" datetime NULL, "registered_at" datetime NOT NULL, "customer_id" char(32) NOT NULL REFERENCES "tenants_customer" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "site_name_once_per_customer" UNIQUE ("customer_id", "name"));
INSERT INTO "tenants_site" VALUES('3c2784f3680a477a89e93e6b1a934550','Quay 7 warehouse','["198.51.100.21/32"]','process:seed_demo','2026-11-26 21:12:03.217380','{}',NULL,'2026-11-26 21:12:03.217389','8b478cbabd234dd196c90713f01e73c6');
INSERT INTO "tenants_site" VALUES('618f1c59d14f48d49ce1b0fd19ede185','Dairy North','["198.51.100.22/32"]','process:seed_demo','2026-11-26 21:12:03.219118','{}',NULL,'2026-11-26 21:12:03.219122','e9ca7e42e9a54e4aacbcb42f0ba28ad0');
CREATE TABLE "tenants_staffread" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "listing" varchar(60) NOT NULL, "asked" varchar(64) NOT NULL, "at" datetime NOT NULL, "reader_id" bigint NOT NULL REFERENCES "tenants_person" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE UNIQUE INDEX "django_content_type_app_label_model_76bd3d3b_uniq" ON "django_content_type" ("app_label", "model");
CREATE UNIQUE INDEX "auth_group_permissions_group_id_permission_id_0cd325b0_uniq" ON "auth_group_permissions" ("group_id", "permission_id");
CREATE INDEX "auth_group_permissions_group_id_b120cbf9" ON "auth_group_permissions" ("group_id");
CREATE INDEX "auth_group_permissions_permission_id_84c5c92e" ON "auth_group_permissions" ("permission_id");
CREATE UNIQUE INDEX "auth_permission_content_type_id_codename_01ab375a_uniq" ON "auth_permission" ("content_type_id", "codename");
CREATE INDEX "auth_permission_content_type_id_2f476e4b" ON "auth_permission" ("content_type_id");
CREATE UNIQUE INDEX "tenants_person_groups_person_id_group_id_40f6a4fa_uniq" ON "tenants_person_groups" ("person_id", "group_id");
CREATE INDEX "tenants_person_groups_person_id_4c0f196b" ON "tenants_person_groups" ("person_id");
CREATE INDEX "tenants_person_groups_group_id_4e171455" ON "tenants_person_groups" ("group_id");
CREATE UNIQUE INDEX "tenants_person_user_permissions_person_id_permission_id_64baf77a_uniq" ON "tenants_person_user_permissions" ("person_id", "permission_id");
CREATE INDEX "tenants_person_user_permissions_person_id_d02f6f7d" ON "tenants_person_user_permissions" ("person_id");
CREATE INDEX "tenants_person_user_permissions_permission_id_ec0ccc42" ON "tenants_person_user_permissions" ("permission_id");
CREATE UNIQUE INDEX "person_email_any_case" ON "tenants_person" ((LOWER("email")));
CREATE INDEX "tenants_accountchange_customer_id_1aaf2fb6" ON "tenants_accountchange" ("customer_id");
CREATE INDEX "tenants_accountchange_made_by_id_df749017" ON "tenants_accountchange" ("made_by_id");
CREATE INDEX "tenants_accountchange_person_id_3559ac1f" ON "tenants_accountchange" ("person_id");
CREATE INDEX "account_change_of_late" ON "tenants_accountchange" ("step", "role", "at");
CREATE INDEX "tenants_customergroupobjectpermission_content_object_id_445f1562" ON "tenants_customergroupobjectpermission" ("content_object_id");
CREATE INDEX "tenants_customergroupobjectpermission_group_id_7a4aad6a" ON "tenants_customergroupobjectpermission" ("group_id");
CREATE INDEX "tenants_customergroupobjectpermission_permission_id_60bdb27d" ON "tenants_customergroupobjectpermission" ("permission_id");
CREATE INDEX "tenants_staffread_reader_id_f29470bc" ON "tenants_staffread" ("reader_id");
CREATE INDEX "staff_read_of_late" ON "tenants_staffread" ("reader_id", "at");
CREATE INDEX "tenants_auditentry_at_0e768298" ON "tenants_auditentry" ("at");
CREATE UNIQUE INDEX "one_undecided_approval" ON "tenants_approval" ("about") WHERE "verdict" = '';
CREATE INDEX "tenants_approval_decided_by_id_22b8d2b4" ON "tenants_approval" ("decided_by_id");
CREATE INDEX "tenants_approval_requested_by_id_49f17bf0" ON "tenants_approval" ("requested_by_id");
CREATE INDEX "tenants_approval_customer_id_6c1ab986" ON "tenants_approval" ("customer_id");
CREATE UNIQUE INDEX "tenants_customergroupobjectpermission_group_id_permission_id_content_object_id_33236513_uniq" ON "tenants_customergroupobjectpermission" ("group_id", "permission_id", "content_object_id");
CREATE INDEX "tenants_customerrolegroup_customer_id_7a0967b7" ON "tenants_customerrolegroup" ("customer_id");
CREATE INDEX "tenants_site_customer_id_0ec29b98" ON "tenants_site" ("customer_id");
CREATE INDEX "account_emailconfirmation_email_address_id_5b7f8c58" ON "account_emailconfirmation" ("email_address_id");
CREATE UNIQUE INDEX "account_emailaddress_user_id_email_987c8728_uniq" ON "account_emailaddress" ("user_id", "email");
CREATE UNIQUE INDEX "unique_verified_email" ON "account_emailaddress" ("email") WHERE "verified";
CREATE INDEX "account_emailaddress_user_id_2c513194" ON "account_emailaddress" ("user_id");
CREATE INDEX "account_emailaddress_email_03be32b2" ON "account_emailaddress" ("email");
CREATE UNIQUE INDEX "unique_primary_email" ON "account_emailaddress" ("user_id", "primary") WHERE "primary";
CREATE INDEX "accounts_browserlink_person_id_1419861a" ON "accounts_browserlink" ("person_id");
CREATE INDEX "django_admin_log_content_type_id_c4bce8eb" ON "django_admin_log" ("content_type_id");
CREATE INDEX "django_admin_log_user_id_c564eba6" ON "django_admin_log" ("user_id");
CREATE UNIQUE INDEX "guardian_userobjectpermission_user_id_permission_id_object_pk_b0b3d2fc_uniq" ON "guardian_userobjectpermission" ("user_id", "permission_id", "object_pk");
CREATE UNIQUE INDEX "guardian_groupobjectpermission_group_id_permission_id_object_pk_3f189f7c_uniq" ON "guardian_groupobjectpermission" ("group_id", "permission_id", "object_pk");
CREATE INDEX "guardian_groupobjectpermission_content_type_id_7ade36b8" ON "guardian_groupobjectpermission" ("content_type_id");
CREATE INDEX "guardian_groupobjectpermission_group_id_4bbbfb62" ON "guardian_groupobjectpermission" ("group_id");
CREATE INDEX "guardian_groupobjectpermission_permission_id_36572738" ON "guardian_groupobjectpermission" ("permission_id");
CREATE INDEX "guardian_userobjectpermission_content_type_id_2e892405" ON "guardian_userobjectpermission" ("content_type_id");
CREATE INDEX "guardian_userobjectpermission_permission_id_71807bfc" ON "guardian_userobjectpermission" ("permission_id");
CREATE INDEX "guardian_userobjectpermission_user_id_d5c1e964" ON "guardian_userobjectpermission" ("user_id");
CREATE INDEX "guardian_gr_permiss_83545c_idx" ON "guardian_groupobjectpermission" ("permission_id", "group_id", "content_type_id", "object_pk");
CREATE INDEX "guardian_gr_group_i_9e7d12_idx" ON "guardian_groupobjectpermission" ("group_id", "content_type_id", "object_pk");
CREATE INDEX "guardian_us_permiss_e5749c_idx" ON "guardian_userobjectpermission" ("permission_id", "user_id", "content_type_id", "object_pk");
CREATE INDEX "guardian_us_user_id_8eae14_idx" ON "guardian_userobjectpermission" ("user_id", "content_type_id", "object_pk");
CREATE INDEX "mfa_authenticator_user_id_0c3a50c0" ON "mfa_authenticator" ("user_id");
CREATE UNIQUE INDEX "unique_authenticator_type" ON "mfa_authenticator" ("user_id", "type") WHERE "type" IN ('totp', 'recovery_codes');
CREATE INDEX "notices_mail_about_3dcd1756" ON "notices_mail" ("about");
CREATE INDEX "mail_waiting" ON "notices_mail" ("next_attempt_at") WHERE "sent_at" IS NULL;
CREATE INDEX "pki_key_retired_up_to" ON "pki_keyretirement" ("subject", "purpose", "up_to_version" DESC);
CREATE INDEX "pki_wrappedkey_kek_id_c14e4340" ON "pki_wrappedkey" ("kek_id");
CREATE INDEX "pki_certificate_subject_cd3bd141" ON "pki_certificate" ("subject");
CREATE INDEX "pki_certificate_of_authority" ON "pki_certificate" ("authority_id", "id");
CREATE INDEX "pki_certificaterevocationlist_authority_id_57c42c2d" ON "pki_certificaterevocationlist" ("authority_id");
CREATE TRIGGER pki_certificate_no_update BEFORE UPDATE ON pki_certificate BEGIN SELECT RAISE(ABORT, 'pki_certificate is append-only'); END;
CREATE TRIGGER pki_certificate_no_delete BEFORE DELETE ON pki_certificate BEGIN SELECT RAISE(ABORT, 'pki_certificate is append-only'); END;
CREATE TRIGGER pki_certificate_no_replace BEFORE INSERT ON pki_certificate WHEN EXISTS (SELECT 1 FROM pki_certificate WHERE (id = NEW.id) OR (fingerprint = NEW.fingerprint) OR (authority_id = NEW.authority_id AND serial = NEW.serial)) BEGIN SELECT RAISE(ABORT, 'pki_certificate is append-only'); END;
CREATE TRIGGER pki_revocation_no_update BEFORE UPDATE ON pki_revocation BEGIN SELECT RAISE(ABORT, 'pki_revocation is append-only'); END;
CREATE TRIGGER pki_revocation_no_delete BEFORE DELETE ON pki_revocation BEGIN SELECT RAISE(ABORT, 'pki_revocation is append-only'); END;
CREATE TRIGGER pki_revocation_no_replace BEFORE INSERT ON pki_revocation WHEN EXISTS (SELECT 1 FROM pki_revocation WHERE (id = NEW.id) OR (certificate_id = NEW.certificate_id)) BEGIN SELECT RAISE(ABORT, 'pki_revocation is append-only'); END;
CREATE TRIGGER pki_keyretirement_no_update BEFORE UPDATE ON pki_keyretirement BEGIN SELECT RAISE(ABORT, 'pki_keyretirement is append-only'); END;
CREATE TRIGGER pki_keyretirement_no_delete BEFORE DELETE ON pki_keyretirement BEGIN SELECT RAISE(ABORT, 'pki_keyretirement is append-only'); END;
CREATE TRIGGER pki_keyretirement_no_replace BEFORE INSERT ON pki_keyretirement WHEN EXISTS (SELECT 1 FROM pki_keyretirement WHERE (id = NEW.id)) BEGIN SELECT RAISE(ABORT, 'pki_keyretirement is append-only'); END;
CREATE INDEX "sensors_casenote_case_id_7d1234eb" ON "sensors_casenote" ("case_id");
CREATE INDEX "sensors_casenote_written_by_id_e98b9504" ON "sensors_casenote" ("written_by_id");
CREATE INDEX "sensors_gateway_revoked_by_id_6bdf97f7" ON "sensors_gateway" ("revoked_by_id");
CREATE INDEX "sensors_keypermit_permitted_by_id_35c36f6b" ON "sensors_keypermit" ("permitted_by_id");
CREATE INDEX "sensors_keypermit_sensor_id_1940a7a0" ON "sensors_keypermit" ("sensor_id");
CREATE INDEX "sensors_session_gateway_id_8ef62b32" ON "sensors_session" ("gateway_id");
CREATE INDEX "sensors_session_sensor_id_cf8f2d14" ON "sensors_session" ("sensor_id");
CREATE INDEX "question_waiting" ON "sensors_sessionquestion" ("gateway_id", "id") WHERE "answered_at" IS NULL;
CREATE INDEX "question_asked" ON "sensors_sessionquestion" ("asked_at");
CREATE INDEX "sensors_sighting_case_id_f3a2964d" ON "sensors_sighting" ("case_id");
CREATE INDEX "sensors_sighting_gateway_id_351f7774" ON "sensors_sighting" ("gateway_id");
CREATE INDEX "sensors_underlayaddress_gateway_id_56fe406d" ON "sensors_underlayaddress" ("gateway_id");
CREATE INDEX "sensors_measure_case_id_a1e5e518" ON "sensors_measure" ("case_id");
CREATE INDEX "sensors_measure_gateway_id_3101d1cb" ON "sensors_measure" ("gateway_id");
CREATE UNIQUE INDEX "one_measure_at_base" ON "sensors_measure" ("case_id", "kind") WHERE "gateway_id" IS NULL;
CREATE INDEX "sensors_gatewayslot_gateway_id_61bf0e71" ON "sensors_gatewayslot" ("gateway_id");
CREATE INDEX "sensors_gatewayslot_sensor_id_a4827f8c" ON "sensors_gatewayslot" ("sensor_id");
CREATE INDEX "slot_generation" ON "sensors_gatewayslot" ("gateway_id", "generation");
CREATE INDEX "sensors_enrolmentcode_gateway_id_d1f4a54e" ON "sensors_enrolmentcode" ("gateway_id");
CREATE INDEX "sensors_enrolmentcode_sensor_id_0c6abb17" ON "sensors_enrolmentcode" ("sensor_id");
CREATE INDEX "release_latest" ON "sensors_diskkeyrelease" ("sensor_id", "at" DESC);
CREATE INDEX "sensors_certificaterequest_csr_digest_f47d1427" ON "sensors_certificaterequest" ("csr_digest");
CREATE INDEX "sensors_certificaterequest_gateway_id_b880fb26" ON "sensors_certificaterequest" ("gateway_id");
CREATE INDEX "sensors_certificaterequest_sensor_id_6d776bbc" ON "sensors_certificaterequest" ("sensor_id");
CREATE INDEX "request_waiting" ON "sensors_certificaterequest" ("requested_at") WHERE "certificate_id" IS NULL;
CREATE UNIQUE INDEX "one_open_case_per_sensor" ON "sensors_case" ("sensor_id") WHERE "closed_at" IS NULL;
CREATE INDEX "sensors_case_reported_by_id_56c9e58e" ON "sensors_case" ("reported_by_id");
CREATE INDEX "sensors_case_sensor_id_dcdfd387" ON "sensors_case" ("sensor_id");
CREATE INDEX "session_current" ON "sensors_session" ("sensor_id", "ended_at");
CREATE UNIQUE INDEX "one_current_session_per_gateway" ON "sensors_session" ("gateway_id", "sensor_id") WHERE "ended_at" IS NULL;
CREATE INDEX "sighting_latest" ON "sensors_sighting" ("case_id", "at" DESC);
CREATE INDEX "sighting_folded" ON "sensors_sighting" ("case_id", "serial", "source_address");
CREATE INDEX "address_released" ON "sensors_underlayaddress" ("gateway_id", "released_at");
CREATE INDEX "sensors_sensor_state_c05b3640" ON "sensors_sensor" ("state");
CREATE INDEX "sensors_sensor_enrolled_anew_with_id_b6b06989" ON "sensors_sensor" ("enrolled_anew_with_id");
CREATE INDEX "sensors_sensor_gateway_id_10aa641f" ON "sensors_sensor" ("gateway_id");
CREATE INDEX "sensors_sensor_site_id_c90bd096" ON "sensors_sensor" ("site_id");
CREATE INDEX "sensors_sensor_underlay_address_id_9f4b8901" ON "sensors_sensor" ("underlay_address_id");
CREATE UNIQUE INDEX "one_owner_per_address" ON "sensors_sensor" ("underlay_address_id") WHERE NOT ("state" = 'retired');
CREATE INDEX "django_session_expire_date_a5c62663" ON "django_session" ("expire_date");
CREATE TRIGGER tenants_auditentry_no_update BEFORE UPDATE ON tenants_auditentry BEGIN SELECT RAISE(ABORT, 'tenants_auditentry is append-only'); END;
CREATE TRIGGER tenants_auditentry_no_delete BEFORE DELETE ON tenants_auditentry BEGIN SELECT RAISE(ABORT, 'tenants_auditentry is append-only'); END;
CREATE TRIGGER tenants_auditentry_no_replace BEFORE INSERT ON tenants_auditentry WHEN EXISTS (SELECT 1 FROM tenants_auditentry WHERE (id = NEW.id) OR (chain_id = NEW.chain_id AND sequence = NEW.sequence)) BEGIN SELECT RAISE(ABORT, 'tenants_auditentry is append-only'); END;
CREATE TRIGGER tenants_accountchange_no_update BEFORE UPDATE ON tenants_accountchange BEGIN SELECT RAISE(ABORT, 'tenants_accountchange is append-only'); END;
CREATE TRIGGER tenants_accountchange_no_delete BEFORE DELETE ON tenants_accountchange BEGIN SELECT RAISE(ABORT, 'tenants_accountchange is append-only'); END;
CREATE TRIGGER tenants_accountchange_no_replace BEFORE INSERT ON tenants_accountchange WHEN EXISTS (SELECT 1 FROM tenants_accountchange WHERE (id = NEW.id)) BEGIN SELECT RAISE(ABORT, 'tenants_accountchange is append-only'); END;
CREATE TRIGGER tenants_auditentry_follows BEFORE INSERT ON tenants_auditentry BEGIN
    SELECT RAISE(ABORT, 'the entry does not follow the end of its chain') WHERE NOT EXISTS (
        SELECT 1 FROM tenants_auditchain
        WHERE id = NEW.chain_id AND length = NEW.sequence - 1 AND head_hash = NEW.previous_hash
    );
    UPDATE tenants_auditchain SET length = NEW.sequence, head_hash = NEW.hash WHERE id = NEW.chain_id;
END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('django_migrations',46);
INSERT INTO "sqlite_sequence" VALUES('django_content_type',48);
INSERT INTO "sqlite_sequence" VALUES('auth_permission',206);
INSERT INTO "sqlite_sequence" VALUES('auth_group',9);
INSERT INTO "sqlite_sequence" VALUES('tenants_auditchain',3);
INSERT INTO "sqlite_sequence" VALUES('tenants_auditentry',42);
INSERT INTO "sqlite_sequence" VALUES('tenants_customerrolegroup',6);
INSERT INTO "sqlite_sequence" VALUES('account_emailaddress',0);
INSERT INTO "sqlite_sequence" VALUES('django_admin_log',0);
INSERT INTO "sqlite_sequence" VALUES('mfa_authenticator',1);
INSERT INTO "sqlite_sequence" VALUES('pki_certificate',5);
INSERT INTO "sqlite_sequence" VALUES('pki_certificaterevocationlist',1);
INSERT INTO "sqlite_sequence" VALUES('sensors_casenote',0);
INSERT INTO "sqlite_sequence" VALUES('sensors_gatewaycontact',0);
INSERT INTO "sqlite_sequence" VALUES('sensors_keypermit',0);
INSERT INTO "sqlite_sequence" VALUES('sensors_diskkeyrelease',0);
INSERT INTO "sqlite_sequence" VALUES('sensors_sensorcontact',0);
INSERT INTO "sqlite_sequence" VALUES('sensors_session',0);
INSERT INTO "sqlite_sequence" VALUES('sensors_sessionquestion',0);
INSERT INTO "sqlite_sequence" VALUES('sensors_sighting',0);
INSERT INTO "sqlite_sequence" VALUES('sensors_underlayaddress',4);
INSERT INTO "sqlite_sequence" VALUES('sensors_measure',4);
INSERT INTO "sqlite_sequence" VALUES('sensors_gatewayslot',4);
INSERT INTO "sqlite_sequence" VALUES('sensors_enrolmentcode',5);
INSERT INTO "sqlite_sequence" VALUES('sensors_certificaterequest',5);
INSERT INTO "sqlite_sequence" VALUES('pki_authority',1);
INSERT INTO "sqlite_sequence" VALUES('tenants_person',5);
INSERT INTO "sqlite_sequence" VALUES('tenants_accountchange',10);
INSERT INTO "sqlite_sequence" VALUES('tenants_providerrolegroup',3);
INSERT INTO "sqlite_sequence" VALUES('tenants_person_groups',5);
INSERT INTO "sqlite_sequence" VALUES('notices_mail',10);
INSERT INTO "sqlite_sequence" VALUES('tenants_customergroupobjectpermission',90);
INSERT INTO "sqlite_sequence" VALUES('pki_keyencryptionkeycheck',1);
INSERT INTO "sqlite_sequence" VALUES('pki_wrappedkey',5);
INSERT INTO "sqlite_sequence" VALUES('pki_revocation',2);
COMMIT;
